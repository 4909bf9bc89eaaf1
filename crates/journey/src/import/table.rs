//! A CSV file as rows with line numbers.

use super::problem::Problem;

/// Most bytes of one CSV file, as it is read whole into memory.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most rows of one CSV file.
pub const ROWS_MAX: usize = 100_000;

/// A CSV file that is well formed: every row has as many cells as the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<TableRow>,
}

/// One row with the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    pub line: u64,
    pub cells: Vec<String>,
}

/// Reads CSV (RFC 4180; UTF-8 with or without a byte-order mark).
///
/// # Errors
///
/// Every malformed line, or what kind of file it is when it is no CSV at all.
pub fn read(bytes: &[u8], delimiter: u8) -> Result<Table, Vec<Problem>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    refuse_foreign_formats(bytes).map_err(|problem| vec![problem])?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(bytes);
    let mut records = reader.byte_records();
    let Some(Ok(first)) = records.next() else {
        return Err(vec![
            Problem::error("MZ-0501", 1, "", "")
                .because("the file is empty")
                .cure("export the caseload again, with its headings in the first line"),
        ]);
    };
    let header = header_cells(&first)?;
    let mut table = Table { header, rows: Vec::new() };
    let mut problems = Vec::new();
    for record in records {
        match record
            .map_err(|error| unreadable(&error))
            .and_then(|record| row(&record, line_of(&record, bytes), &table.header))
        {
            Ok(Some(row)) => table.rows.push(row),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
        if table.rows.len() > ROWS_MAX {
            problems.push(too_many_rows());
            break;
        }
    }
    if problems.is_empty() { Ok(table) } else { Err(problems) }
}

fn refuse_foreign_formats(bytes: &[u8]) -> Result<(), Problem> {
    let problem = |reason: &str, cure: &str| {
        Err(Problem::error("MZ-0502", 1, "", "").because(reason).cure(cure))
    };
    if bytes.len() > FILE_BYTES_MAX {
        return problem("the file is larger than 64 MB", "split the caseload into several files");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return problem(
            "this is a spreadsheet workbook or a zip archive, not CSV",
            "open it and save it as CSV (UTF-8)",
        );
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return problem("the file is UTF-16", "save it as CSV (UTF-8)");
    }
    Ok(())
}

fn header_cells(record: &csv::ByteRecord) -> Result<Vec<String>, Vec<Problem>> {
    let cells = text_cells(record, 1).map_err(|problem| vec![problem])?;
    let header: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
    let mut problems = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let twice = header.iter().take(place).any(|earlier| earlier == name);
        if twice || name.is_empty() {
            let reason =
                if twice { "two columns have this heading" } else { "a column has no heading" };
            problems.push(
                Problem::error("MZ-0503", 1, name, name)
                    .because(format!("{reason} (column {})", place + 1))
                    .cure("give every column a heading of its own"),
            );
        }
    }
    if problems.is_empty() { Ok(header) } else { Err(problems) }
}

/// The line on which a record begins; the reader counts from the empty lines before it.
fn line_of(record: &csv::ByteRecord, bytes: &[u8]) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let ahead = bytes.iter().skip(position.byte() as usize);
    let empty = ahead.take_while(|byte| matches!(byte, b'\n' | b'\r'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

/// One data row; none for a line without any content.
fn row(
    record: &csv::ByteRecord,
    line: u64,
    header: &[String],
) -> Result<Option<TableRow>, Problem> {
    let cells = text_cells(record, line)?;
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(None);
    }
    if cells.len() != header.len() {
        return Err(Problem::error("MZ-0504", line, "", "")
            .because(format!("the row has {} cells, the header {}", cells.len(), header.len()))
            .cure("look for a missing or an unquoted delimiter in this line"));
    }
    Ok(Some(TableRow { line, cells: cells.iter().map(|cell| cell.trim().to_owned()).collect() }))
}

fn text_cells(record: &csv::ByteRecord, line: u64) -> Result<Vec<String>, Problem> {
    record
        .iter()
        .enumerate()
        .map(|(place, cell)| {
            std::str::from_utf8(cell).map(str::to_owned).map_err(|_| {
                Problem::error("MZ-0505", line, "", &String::from_utf8_lossy(cell))
                    .because(format!("the text in column {} is not UTF-8", place + 1))
                    .cure("save the file as CSV (UTF-8), so that no letter of a name is lost")
            })
        })
        .collect()
}

fn unreadable(error: &csv::Error) -> Problem {
    let line = error.position().map_or(0, csv::Position::line);
    Problem::error("MZ-0506", line, "", "")
        .because(format!("the line cannot be read: {error}"))
        .cure("look for an unclosed quotation mark")
}

fn too_many_rows() -> Problem {
    Problem::error("MZ-0507", 0, "", "")
        .because("the file has more than 100,000 rows")
        .cure("split the caseload into several files")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &[u8]) -> Vec<(&'static str, u64)> {
        read(text, b',').unwrap_err().iter().map(|problem| (problem.code, problem.line)).collect()
    }

    #[test]
    fn rows_keep_their_lines() {
        let table = read(b"a,b\n1,\"x\ny\"\n\n3,4\n", b',').unwrap();
        let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 5]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_heading() {
        assert_eq!(read(b"\xEF\xBB\xBFa\n1\n", b',').unwrap().header, ["a"]);
    }

    #[test]
    fn malformed_files_are_named() {
        assert_eq!(codes(b""), [("MZ-0501", 1)]);
        assert_eq!(codes(b"PK\x03\x04rest"), [("MZ-0502", 1)]);
        assert_eq!(codes(b"a,a\n1,2\n"), [("MZ-0503", 1)]);
        assert_eq!(codes(b"a,b\n1\n2,3,4\n5,6\n"), [("MZ-0504", 2), ("MZ-0504", 3)]);
        assert_eq!(codes(b"a\nM\xFCller\n"), [("MZ-0505", 2)]);
    }
}
