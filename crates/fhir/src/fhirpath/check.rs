//! Checks an expression against the types of R4 before there is any record.

use super::ast::{Kind, Node, Operator, TypeName, TypeOperator};
use super::error::{ErrorKind, FhirPathError};
use super::functions::{Function, Target};
use super::model;
use crate::table;

/// A type that an item may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    /// With the place of its children in the table.
    Fhir {
        name: &'static str,
        inside: &'static str,
    },
    System(&'static str),
}

/// The types that the items may have; none when they cannot be told.
type Types = Option<Vec<Type>>;

/// Refuses paths that no value of their type has, and conditions that are never Boolean.
/// The root is a type (`Patient`) or a path (`Patient.contact`).
pub(super) fn types(root: &Node, root_type: &str) -> Result<(), FhirPathError> {
    let types = places(root_type);
    if types.is_empty() {
        let reason = format!("there is no type or path `{root_type}`");
        return Err(FhirPathError::new(ErrorKind::TypeName, 1, reason, "name one of FHIR R4"));
    }
    infer(root, &Some(types)).map(drop)
}

fn places(name: &str) -> Vec<Type> {
    if let Some(definition) = table::type_definition(name) {
        return fhir(definition.name);
    }
    let Some((parent, name)) = name.rsplit_once('.') else { return Vec::new() };
    match (table::child(parent, name), name.strip_suffix("[x]")) {
        (Some(child), _) => vec![Type::Fhir { name: child.type_name, inside: child.inside }],
        (None, Some(choice)) => chosen(parent, choice).collect(),
        (None, None) => Vec::new(),
    }
}

/// The types of a choice.
fn chosen(inside: &str, name: &str) -> impl Iterator<Item = Type> {
    let elements = table::children(inside).iter();
    let choice = elements.filter(move |element| element.choice() == Some(name));
    choice
        .flat_map(|element| &element.types)
        .map(|kind| Type::Fhir { name: kind.name, inside: kind.name })
}

/// Refuses what depends on an order that is not defined.
pub(super) fn order(node: &Node) -> Result<(), FhirPathError> {
    let input = match &node.kind {
        Kind::Indexer(input, _) => Some(input),
        Kind::Call(Some(input), function, _) if depends_on_order(*function) => Some(input),
        _ => None,
    };
    if input.is_some_and(|input| is_unordered(input)) {
        let reason = "the order of these items is not defined";
        let cure = "name the children instead of children() or descendants(), or sort them";
        return Err(FhirPathError::new(ErrorKind::Path, node.column, reason, cure));
    }
    node.parts().into_iter().try_for_each(order)
}

fn depends_on_order(function: Function) -> bool {
    use Function::{First, Last, Skip, Tail, Take};
    matches!(function, First | Last | Skip | Tail | Take)
}

fn is_unordered(node: &Node) -> bool {
    use Function::{
        Children, Descendants, Distinct, Exclude, Repeat, RepeatAll, Select, Trace, Where,
    };
    match &node.kind {
        Kind::Call(_, Children | Descendants | Repeat | RepeatAll, _) => true,
        Kind::Call(Some(input), Where | Select | Distinct | Exclude | Trace, _)
        | Kind::Member(Some(input), _)
        | Kind::Typed(Some(input), ..) => is_unordered(input),
        _ => false,
    }
}

/// The types of what a node finds, given those of the focus.
fn infer(node: &Node, this: &Types) -> Result<Types, FhirPathError> {
    match &node.kind {
        Kind::Empty => Ok(Some(Vec::new())),
        Kind::Literal(value) => Ok(Some(system(value.type_name()))),
        Kind::External(_) | Kind::Total => Ok(None),
        Kind::This => Ok(this.clone()),
        Kind::Index => Ok(Some(system("Integer"))),
        Kind::Member(None, name) if model::begins_path(name) => beginning(this, name, node.column),
        Kind::Member(input, name) => {
            let input = input_of(input.as_deref(), this)?;
            children(&input, name, node.column)
        }
        Kind::Call(input, function, arguments) => {
            let input = input_of(input.as_deref(), this)?;
            call(*function, arguments, input, this)
        }
        Kind::Typed(input, operator, name) => {
            input_of(input.as_deref(), this)?;
            Ok(if *operator == TypeOperator::Is { Some(system("Boolean")) } else { named(name) })
        }
        Kind::Indexer(input, index) => {
            infer(index, this)?;
            infer(input, this)
        }
        Kind::Negate(operand) | Kind::Affirm(operand) => infer(operand, this),
        Kind::Binary(operator, left, right) => {
            let (left, right) = (infer(left, this)?, infer(right, this)?);
            Ok(binary(*operator, left, right))
        }
    }
}

fn binary(operator: Operator, left: Types, right: Types) -> Types {
    match operator {
        Operator::Union => either(left, right),
        Operator::Concatenate => Some(system("String")),
        Operator::IntegerDivide => Some(system("Integer")),
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo => None,
        _ => Some(system("Boolean")),
    }
}

fn input_of(input: Option<&Node>, this: &Types) -> Result<Types, FhirPathError> {
    input.map_or_else(|| Ok(this.clone()), |input| infer(input, this))
}

fn system(name: &'static str) -> Vec<Type> {
    vec![Type::System(name)]
}

fn fhir(name: &'static str) -> Vec<Type> {
    vec![Type::Fhir { name, inside: name }]
}

fn named(name: &TypeName) -> Types {
    match table::type_definition(&name.name) {
        Some(definition) if name.namespace.as_deref() != Some("System") => {
            Some(fhir(definition.name))
        }
        _ => None,
    }
}

fn either(left: Types, right: Types) -> Types {
    let (mut left, right) = (left?, right?);
    for kind in right {
        if !left.contains(&kind) {
            left.push(kind);
        }
    }
    Some(left)
}

/// The first name of a path when it is a type.
fn beginning(this: &Types, name: &str, column: u32) -> Result<Types, FhirPathError> {
    let Some(types) = this else { return Ok(None) };
    let mut kept = Vec::new();
    for kind in types {
        match kind {
            Type::Fhir { name: known, .. } if table::is_subtype(known, name) => kept.push(*kind),
            // `Patient.name` from a root that may be any resource.
            Type::Fhir { name: known, .. } if table::is_subtype(name, known) => return Ok(None),
            _ => {}
        }
    }
    if kept.is_empty() && !types.is_empty() {
        let reason = format!("this is never a {name}, but {}", listed(types));
        let cure = "begin the path with the type of the record, or with an element";
        return Err(FhirPathError::new(ErrorKind::Path, column, reason, cure));
    }
    Ok(Some(kept))
}

fn children(parents: &Types, name: &str, column: u32) -> Result<Types, FhirPathError> {
    let Some(parents) = parents else { return Ok(None) };
    let mut found = Vec::new();
    for parent in parents {
        let (type_name, inside) = match parent {
            Type::Fhir { name, inside } => (name, inside),
            Type::System("Quantity") => return Ok(None),
            Type::System(_) => continue,
        };
        if let "Resource" | "DomainResource" | "Element" = *type_name {
            return Ok(None);
        }
        match table::child(inside, name) {
            Some(child) => {
                if let Some(choice) = child.element.choice() {
                    return Err(model::choice_by_json_name(choice, child.type_name, name, column));
                }
                found.push(Type::Fhir { name: child.type_name, inside: child.inside });
            }
            None => found.extend(chosen(inside, name)),
        }
    }
    if found.is_empty() && !parents.is_empty() {
        let reason = format!("there is no `{name}` in {}", listed(parents));
        let cure = "use an element of the type";
        return Err(FhirPathError::new(ErrorKind::Path, column, reason, cure));
    }
    Ok(Some(found))
}

fn listed(types: &[Type]) -> String {
    let names: Vec<&str> = types
        .iter()
        .map(|kind| match kind {
            Type::Fhir { name: "BackboneElement", inside } => *inside,
            Type::Fhir { name, .. } | Type::System(name) => *name,
        })
        .collect();
    names.join(" or ")
}

fn call(
    function: Function,
    arguments: &[Node],
    input: Types,
    this: &Types,
) -> Result<Types, FhirPathError> {
    use Function as F;
    let is_repeated = matches!(
        function,
        F::Where
            | F::Select
            | F::Exists
            | F::All
            | F::Repeat
            | F::RepeatAll
            | F::Iif
            | F::Sort
            | F::Trace
            | F::Aggregate
            | F::DefineVariable
    );
    let focus = if is_repeated { &input } else { this };
    let mut found = Vec::with_capacity(arguments.len());
    for argument in arguments {
        found.push(infer(argument, focus)?);
    }
    if matches!(function, F::Where | F::Exists | F::All | F::Iif)
        && let (Some(condition), Some(types)) = (arguments.first(), found.first())
    {
        check_condition(types, condition.column)?;
    }
    Ok(result(function, input, found))
}

/// The types of what a function finds, given those of its input and arguments.
fn result(function: Function, input: Types, found: Vec<Types>) -> Types {
    use Function as F;
    let mut found = found.into_iter();
    match function {
        F::Where
        | F::First
        | F::Last
        | F::Tail
        | F::Skip
        | F::Take
        | F::Single
        | F::Distinct
        | F::Exclude
        | F::Intersect
        | F::Trace
        | F::DefineVariable
        | F::Sort => input,
        F::Select => found.next().flatten(),
        F::Union | F::Combine => either(input, found.next().flatten()),
        F::Iif => found.skip(1).reduce(either).flatten(),
        F::Extension => Some(fhir("Extension")),
        F::Empty
        | F::Exists
        | F::All
        | F::AllTrue
        | F::AllFalse
        | F::AnyTrue
        | F::AnyFalse
        | F::Not
        | F::IsDistinct
        | F::SubsetOf
        | F::SupersetOf
        | F::ConvertsTo(_)
        | F::HasValue
        | F::HtmlChecks
        | F::MemberOf
        | F::ConformsTo
        | F::Comparable
        | F::Contains
        | F::StartsWith
        | F::EndsWith
        | F::Matches
        | F::MatchesFull
        | F::To(Target::Boolean) => Some(system("Boolean")),
        F::Count
        | F::Length
        | F::IndexOf
        | F::LastIndexOf
        | F::Precision
        | F::To(Target::Integer) => Some(system("Integer")),
        F::Substring
        | F::Upper
        | F::Lower
        | F::Replace
        | F::ReplaceMatches
        | F::Join
        | F::Split
        | F::Trim
        | F::ToChars
        | F::Encode
        | F::Decode
        | F::Escape
        | F::Unescape
        | F::To(Target::String) => Some(system("String")),
        _ => None,
    }
}

/// Refuses a condition whose types are known and none Boolean.
fn check_condition(types: &Types, column: u32) -> Result<(), FhirPathError> {
    let Some(types) = types else { return Ok(()) };
    let is_boolean =
        |kind: &Type| matches!(kind, Type::System("Boolean") | Type::Fhir { name: "boolean", .. });
    if types.is_empty() || types.iter().any(is_boolean) {
        return Ok(());
    }
    let reason = format!("the condition is never a Boolean, but {}", listed(types));
    let cure = "compare it with something, or ask exists()";
    Err(FhirPathError::new(ErrorKind::Operand, column, reason, cure))
}
