//! Data types.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::date::{DateError, DateTime, PartialDate};
use crate::{reference, table};

/// The items of an array member.
pub(super) fn many<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

/// A decimal number as written and as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal<'a> {
    /// The digits as written: `1.50`.
    pub text: &'a str,
    /// Its value with its precision; none when it has more than 28 digits.
    pub value: Option<Decimal>,
}

impl<'a> Literal<'a> {
    /// Reads a JSON number.
    pub fn from_value(value: &'a Value) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let text = number.as_str();
        let exponent = text.contains(['e', 'E']);
        let value = if exponent {
            Decimal::from_scientific(text).ok()
        } else {
            Decimal::from_str_exact(text).ok()
        };
        Some(Self { text, value })
    }
}

/// The value of a choice element, such as `value[x]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice<'a> {
    /// `Quantity` for `valueQuantity`, `string` for `valueString`.
    pub type_name: &'static str,
    /// The JSON value.
    pub value: &'a Value,
}

impl<'a> Choice<'a> {
    /// The first member that is a choice of `stem` at a place of the R4 table.
    pub(super) fn find(object: &'a Value, place: &str, stem: &str) -> Option<Self> {
        object.as_object()?.iter().find_map(|(name, value)| {
            name.strip_prefix(stem)?;
            let child = table::child(place, name)?;
            let of_stem = child.element.choice() == Some(stem);
            of_stem.then_some(Self { type_name: child.type_name, value })
        })
    }

    /// A Quantity, or a type that specialises it (Age, Duration ...).
    pub fn quantity(self) -> Option<Quantity<'a>> {
        let fits = table::is_subtype(self.type_name, "Quantity");
        Quantity::from_value(self.value).filter(|_| fits)
    }

    /// A CodeableConcept.
    pub fn codeable_concept(self) -> Option<CodeableConcept<'a>> {
        CodeableConcept::from_value(self.value).filter(|_| self.type_name == "CodeableConcept")
    }

    /// A Coding.
    pub fn coding(self) -> Option<Coding<'a>> {
        Coding::from_value(self.value).filter(|_| self.type_name == "Coding")
    }

    /// A Period.
    pub fn period(self) -> Option<Period<'a>> {
        Period::from_value(self.value).filter(|_| self.type_name == "Period")
    }

    /// A Reference.
    pub fn reference(self) -> Option<Reference<'a>> {
        Reference::from_value(self.value).filter(|_| self.type_name == "Reference")
    }

    /// A text of any primitive type written as a JSON string: string, code, uri, date ...
    pub fn text(self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A boolean.
    pub fn flag(self) -> Option<bool> {
        self.value.as_bool()
    }

    /// An integer.
    pub fn integer(self) -> Option<i64> {
        self.value.as_i64()
    }

    /// A decimal, as written and as a number.
    pub fn decimal(self) -> Option<Literal<'a>> {
        Literal::from_value(self.value)
    }

    /// A date, which may be partial; an error if it cannot be read.
    pub fn date(self) -> Option<Result<PartialDate, DateError>> {
        (self.type_name == "date").then(|| self.text().map(str::parse))?
    }

    /// A dateTime, instant or date.
    pub fn moment(self) -> Option<Result<DateTime, DateError>> {
        let fits = matches!(self.type_name, "dateTime" | "instant" | "date");
        fits.then(|| self.text().map(str::parse))?
    }
}

view! {
    /// A name of a person.
    element HumanName at "HumanName" {
        text use_code = "use";
        text text = "text";
        text family = "family";
        texts given = "given";
        texts prefix = "prefix";
        texts suffix = "suffix";
        one period: Period = "period";
    }
}

view! {
    /// A postal address.
    element Address at "Address" {
        text use_code = "use";
        text type_code = "type";
        text text = "text";
        texts lines = "line";
        text city = "city";
        text district = "district";
        text state = "state";
        text postal_code = "postalCode";
        text country = "country";
        one period: Period = "period";
    }
}

view! {
    /// A telephone number, e-mail or other address.
    element ContactPoint at "ContactPoint" {
        text system = "system";
        text contact = "value";
        text use_code = "use";
        integer rank = "rank";
        one period: Period = "period";
    }
}

view! {
    /// A number given by somebody: national identity, UNHCR, case number.
    element Identifier at "Identifier" {
        text use_code = "use";
        one kind: CodeableConcept = "type";
        text system = "system";
        text number = "value";
        one period: Period = "period";
        one assigner: Reference = "assigner";
    }
}

view! {
    /// A code of a code system.
    element Coding at "Coding" {
        text system = "system";
        text version = "version";
        text code = "code";
        text display = "display";
        flag user_selected = "userSelected";
    }
}

view! {
    /// A concept as codes, text or both.
    element CodeableConcept at "CodeableConcept" {
        many codings: Coding = "coding";
        text text = "text";
    }
}

impl<'a> CodeableConcept<'a> {
    /// The code in this system.
    pub fn code(self, system: &str) -> Option<&'a str> {
        self.codings().find(|coding| coding.system() == Some(system)).and_then(Coding::code)
    }

    /// Whether one of the codings is this one.
    pub fn has_code(self, system: &str, code: &str) -> bool {
        self.codings().any(|c| c.system() == Some(system) && c.code() == Some(code))
    }

    /// What to show: the text, or the first display, or the first code.
    pub fn shown(self) -> Option<&'a str> {
        self.text()
            .or_else(|| self.codings().find_map(Coding::display))
            .or_else(|| self.codings().find_map(Coding::code))
    }
}

view! {
    /// A measured amount.
    element Quantity at "Quantity" {
        decimal number = "value";
        text comparator = "comparator";
        text unit = "unit";
        text system = "system";
        text code = "code";
    }
}

view! {
    /// From a least to a greatest amount.
    element Range at "Range" {
        one low: Quantity = "low";
        one high: Quantity = "high";
    }
}

view! {
    /// One amount for another.
    element Ratio at "Ratio" {
        one numerator: Quantity = "numerator";
        one denominator: Quantity = "denominator";
    }
}

view! {
    /// From a first to a last moment, both included.
    element Period at "Period" {
        moment start = "start";
        moment end = "end";
    }
}

view! {
    /// A reference to another resource.
    element Reference at "Reference" {
        text reference = "reference";
        text type_name = "type";
        one identifier: Identifier = "identifier";
        text display = "display";
    }
}

impl<'a> Reference<'a> {
    /// What the literal reference points to.
    pub fn target(self) -> Option<reference::Reference<'a>> {
        self.reference().and_then(reference::Reference::parse)
    }

    /// The id, when it is a relative reference to this type.
    pub fn id_of(self, resource_type: &str) -> Option<&'a str> {
        match self.target()? {
            reference::Reference::Relative(to) if to.resource_type == resource_type => Some(to.id),
            _ => None,
        }
    }
}

view! {
    /// What R4 itself has no element for.
    element Extension at "Extension" {
        text url = "url";
        choice choice = "value";
    }
}

view! {
    /// What the server says of a resource.
    element Meta at "Meta" {
        text version_id = "versionId";
        moment last_updated = "lastUpdated";
        text source = "source";
        texts profiles = "profile";
        many security: Coding = "security";
        many tags: Coding = "tag";
    }
}

view! {
    /// A note with its author.
    element Annotation at "Annotation" {
        choice author = "author";
        moment time = "time";
        text text = "text";
    }
}

view! {
    /// A file, in place or by its address.
    element Attachment at "Attachment" {
        text content_type = "contentType";
        text language = "language";
        text data = "data";
        text url = "url";
        integer size = "size";
        text hash = "hash";
        text title = "title";
        moment creation = "creation";
    }
}

view! {
    /// How a medicine is to be taken.
    element Dosage at "Dosage" {
        integer sequence = "sequence";
        text text = "text";
        choice as_needed = "asNeeded";
        one site: CodeableConcept = "site";
        one route: CodeableConcept = "route";
        one method: CodeableConcept = "method";
    }
}
