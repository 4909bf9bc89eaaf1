//! Existence, subsetting and combining.

use super::{Call, Function};
use crate::fhirpath::error::FhirPathError;
use crate::fhirpath::eval::{Evaluation, integer, one_integer, plain, truth};
use crate::fhirpath::value::{Collection, Item, System};

type Answer<'a> = Result<Collection<'a>, FhirPathError>;

impl<'a> Evaluation<'_, '_, 'a> {
    pub(super) fn collection(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        use Function as F;
        let column = call.column;
        match call.function {
            F::Empty => yes(input.is_empty()),
            F::Exists => self.exists(call, &input),
            F::Count => Ok(vec![integer(input.len(), column)?]),
            F::All => self.all(call, &input),
            F::AllTrue => yes(booleans(&input, column)?.all(|value| value)),
            F::AllFalse => yes(booleans(&input, column)?.all(|value| !value)),
            F::AnyTrue => yes(booleans(&input, column)?.any(|value| value)),
            F::AnyFalse => yes(booleans(&input, column)?.any(|value| !value)),
            F::Not => Ok(truth(&input, column)?.map(|value| (!value).into()).into_iter().collect()),
            F::Distinct => self.distinct(input, column),
            F::IsDistinct => {
                let count = input.len();
                let distinct = self.distinct(input, column)?;
                yes(distinct.len() == count)
            }
            F::First => Ok(input.into_iter().take(1).collect()),
            F::Last => Ok(input.into_iter().next_back().into_iter().collect()),
            F::Tail => Ok(input.into_iter().skip(1).collect()),
            F::Single if input.len() > 1 => {
                Err(FhirPathError::many(column, "single()", input.len()))
            }
            F::Single => Ok(input),
            F::Skip | F::Take => self.skip_or_take(call, input),
            F::Coalesce => self.coalesce(call),
            _ => self.combine(call, input),
        }
    }

    /// The first argument, evaluated where the call was written.
    pub(super) fn argument(&mut self, call: Call<'_, 'a>, at: usize) -> Answer<'a> {
        match call.arguments.get(at) {
            Some(argument) => self.inner(argument, call.scope),
            None => Ok(Vec::new()),
        }
    }

    fn exists(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let Some(criteria) = call.arguments.first() else { return yes(!input.is_empty()) };
        for (index, item) in input.iter().enumerate() {
            let answer = self.for_item(criteria, item, Some(index), call.scope)?;
            if truth(&answer, call.column)? == Some(true) {
                return yes(true);
            }
        }
        yes(false)
    }

    fn all(&mut self, call: Call<'_, 'a>, input: &[Item<'a>]) -> Answer<'a> {
        let Some(criteria) = call.arguments.first() else { return Ok(Vec::new()) };
        for (index, item) in input.iter().enumerate() {
            let answer = self.for_item(criteria, item, Some(index), call.scope)?;
            if truth(&answer, call.column)? != Some(true) {
                return yes(false);
            }
        }
        yes(true)
    }

    fn skip_or_take(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        let count = self.argument(call, 0)?;
        let Some(count) = one_integer(&count, "the count", call.column)? else {
            return Ok(Vec::new());
        };
        // A negative count skips nothing and takes nothing.
        let count = usize::try_from(count).unwrap_or(0);
        Ok(match call.function {
            Function::Skip => input.into_iter().skip(count).collect(),
            _ => input.into_iter().take(count).collect(),
        })
    }

    fn coalesce(&mut self, call: Call<'_, 'a>) -> Answer<'a> {
        for argument in call.arguments {
            let answer = self.inner(argument, call.scope)?;
            if !answer.is_empty() {
                return Ok(answer);
            }
        }
        Ok(Vec::new())
    }

    fn combine(&mut self, call: Call<'_, 'a>, input: Collection<'a>) -> Answer<'a> {
        let column = call.column;
        let other = self.argument(call, 0)?;
        match call.function {
            Function::Combine => Ok(input.into_iter().chain(other).collect()),
            Function::Union => self.distinct(input.into_iter().chain(other).collect(), column),
            Function::SubsetOf => yes(self.all_in(&input, &other, column)?),
            Function::SupersetOf => yes(self.all_in(&other, &input, column)?),
            function => {
                let keep = function == Function::Intersect;
                let mut kept = Vec::new();
                for item in input {
                    if self.includes(&other, &item, column)? == keep {
                        kept.push(item);
                    }
                }
                if keep { self.distinct(kept, column) } else { Ok(kept) }
            }
        }
    }

    fn all_in(
        &mut self,
        items: &[Item<'a>],
        others: &[Item<'a>],
        column: u32,
    ) -> Result<bool, FhirPathError> {
        for item in items {
            if !self.includes(others, item, column)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is the answer of a function that may fail")]
pub(super) fn yes<'a>(answer: bool) -> Answer<'a> {
    Ok(vec![answer.into()])
}

fn booleans(input: &[Item<'_>], column: u32) -> Result<impl Iterator<Item = bool>, FhirPathError> {
    let mut values = Vec::with_capacity(input.len());
    for item in input {
        let Some(System::Boolean(value)) = plain(item, column)? else {
            let name = item.type_info().name;
            let reason = format!("all items must be Booleans, and one is a {name}");
            return Err(FhirPathError::operand(column, reason));
        };
        values.push(value);
    }
    Ok(values.into_iter())
}
