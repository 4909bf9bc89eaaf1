//! The compiled form of an expression.

use std::fmt;

use super::functions::Function;
use super::value::System;

/// An expression and where it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) column: u32,
    /// Levels below this one. Evaluation and dropping recurse, so the parser limits it.
    pub(super) depth: u16,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `{}`
    Empty,
    Literal(System<'static>),
    /// `%name`
    External(String),
    This,
    Index,
    Total,
    /// `name` (of the focus) or `input.name`.
    Member(Option<Box<Node>>, String),
    /// `name(...)` or `input.name(...)`.
    Call(Option<Box<Node>>, Function, Vec<Node>),
    /// `input.ofType(Type)`, `input is Type` and the like.
    Typed(Option<Box<Node>>, TypeOperator, TypeName),
    Indexer(Box<Node>, Box<Node>),
    Negate(Box<Node>),
    /// `+x`, which is `x` when x is a number.
    Affirm(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeOperator {
    Is,
    As,
    OfType,
}

/// A type as written: `Patient`, `System.String`, `FHIR.string`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeName {
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Union,
    Add,
    Subtract,
    Concatenate,
    Multiply,
    Divide,
    IntegerDivide,
    Modulo,
}

impl Node {
    /// The expressions directly inside.
    pub(super) fn parts(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Member(input, _) | Kind::Typed(input, ..) => {
                input.as_deref().into_iter().collect()
            }
            Kind::Call(input, _, arguments) => {
                input.as_deref().into_iter().chain(arguments).collect()
            }
            Kind::Indexer(left, right) | Kind::Binary(_, left, right) => vec![left, right],
            Kind::Negate(inner) | Kind::Affirm(inner) => vec![inner],
            _ => Vec::new(),
        }
    }
}

impl Operator {
    /// The operator written as `symbol`, and how tightly it binds.
    pub(super) fn of(symbol: &str) -> Option<(Self, u8)> {
        Some(match symbol {
            "implies" => (Self::Implies, 1),
            "or" => (Self::Or, 2),
            "xor" => (Self::Xor, 2),
            "and" => (Self::And, 3),
            "in" => (Self::In, 4),
            "contains" => (Self::Contains, 4),
            "=" => (Self::Equal, 5),
            "!=" => (Self::NotEqual, 5),
            "~" => (Self::Equivalent, 5),
            "!~" => (Self::NotEquivalent, 5),
            "<" => (Self::Less, 6),
            "<=" => (Self::LessOrEqual, 6),
            ">" => (Self::Greater, 6),
            ">=" => (Self::GreaterOrEqual, 6),
            "|" => (Self::Union, 7),
            // `is` and `as` bind with strength 8.
            "+" => (Self::Add, 9),
            "-" => (Self::Subtract, 9),
            "&" => (Self::Concatenate, 9),
            "*" => (Self::Multiply, 10),
            "/" => (Self::Divide, 10),
            "div" => (Self::IntegerDivide, 10),
            "mod" => (Self::Modulo, 10),
            _ => return None,
        })
    }
}

/// How tightly `is` and `as` bind.
pub(super) const TYPE_STRENGTH: u8 = 8;
/// How tightly a sign binds: after the path, before multiplication.
pub(super) const SIGN_STRENGTH: u8 = 11;

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
