//! From tokens to the compiled form, by operator precedence (Pratt).

use super::ast::{Kind, Node, Operator, SIGN_STRENGTH, TYPE_STRENGTH, TypeName, TypeOperator};
use super::error::{ErrorKind, FhirPathError};
use super::functions::{self, Function};
use super::lexer::{self, Token, TokenKind};
use super::model;
use super::quantity::{CalendarUnit, Quantity, Unit};
use super::temporal::Temporal;
use super::value::{self, System};

/// The longest expression that is compiled, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 65_536;
/// The most levels that an expression may nest. Evaluation recurses once for each.
pub const EXPRESSION_DEPTH_MAX: u16 = 160;

pub(super) fn parse(source: &str) -> Result<Node, FhirPathError> {
    if source.len() > EXPRESSION_BYTES_MAX {
        let reason = format!("the expression is longer than {EXPRESSION_BYTES_MAX} bytes");
        return Err(FhirPathError::new(ErrorKind::Limit, 1, reason, "split it"));
    }
    let mut parser = Parser { tokens: lexer::tokens(source)?, at: 0, open: 0 };
    let node = parser.expression(0)?;
    match parser.peek() {
        TokenKind::End => Ok(node),
        found => {
            let reason = format!("{} does not continue the expression", describe(found));
            Err(parser.wrong(reason, "add an operator before it or remove it"))
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// Expressions begun and not finished.
    open: u16,
}

impl Parser {
    fn peek(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |token| &token.kind)
    }

    fn column(&self) -> u32 {
        let token = self.tokens.get(self.at).or(self.tokens.last());
        token.map_or(1, |token| token.column)
    }

    fn advance(&mut self) -> TokenKind {
        let kind = self.peek().clone();
        self.at += 1;
        kind
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Symbol(found) if *found == symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), FhirPathError> {
        if self.accept(symbol) {
            return Ok(());
        }
        let reason = format!("`{symbol}` is missing before {}", describe(self.peek()));
        Err(self.wrong(reason, format!("write `{symbol}` here")))
    }

    fn wrong(&self, reason: impl Into<String>, cure: impl Into<String>) -> FhirPathError {
        FhirPathError::syntax(self.column(), reason, cure)
    }

    fn node(&self, column: u32, kind: Kind) -> Result<Node, FhirPathError> {
        let mut node = Node { kind, column, depth: 0 };
        node.depth = 1 + node.parts().iter().map(|part| part.depth).max().unwrap_or(0);
        self.check_depth(node.depth)?;
        Ok(node)
    }

    fn check_depth(&self, depth: u16) -> Result<(), FhirPathError> {
        if depth <= EXPRESSION_DEPTH_MAX {
            return Ok(());
        }
        let reason = format!("the expression nests more than {EXPRESSION_DEPTH_MAX} levels");
        Err(FhirPathError::new(ErrorKind::Limit, self.column(), reason, "split it"))
    }

    /// An expression whose operators bind more tightly than `strength`.
    fn expression(&mut self, strength: u8) -> Result<Node, FhirPathError> {
        self.open += 1;
        self.check_depth(self.open)?;
        let mut left = self.prefix()?;
        while let Some(next) = self.infix(&mut left, strength)? {
            left = next;
        }
        self.open -= 1;
        Ok(left)
    }

    /// The expression that goes on after `left`, or none when what follows binds less tightly.
    fn infix(&mut self, left: &mut Node, strength: u8) -> Result<Option<Node>, FhirPathError> {
        let column = self.column();
        let symbol = match self.peek() {
            TokenKind::Symbol(symbol) => (*symbol).to_owned(),
            TokenKind::Word(word) => word.clone(),
            _ => return Ok(None),
        };
        if let "is" | "as" = symbol.as_str() {
            if TYPE_STRENGTH <= strength {
                return Ok(None);
            }
            self.at += 1;
            let operator = if symbol == "is" { TypeOperator::Is } else { TypeOperator::As };
            let name = self.type_name()?;
            model::check_type(&name, operator, column)?;
            let kind = Kind::Typed(Some(Box::new(take(left))), operator, name);
            return self.node(column, kind).map(Some);
        }
        let Some((operator, binds)) = Operator::of(&symbol) else { return Ok(None) };
        if binds <= strength {
            return Ok(None);
        }
        self.at += 1;
        let right = self.expression(binds)?;
        let kind = Kind::Binary(operator, Box::new(take(left)), Box::new(right));
        self.node(column, kind).map(Some)
    }

    fn prefix(&mut self) -> Result<Node, FhirPathError> {
        let column = self.column();
        if self.accept("-") {
            let operand = Box::new(self.expression(SIGN_STRENGTH)?);
            return self.node(column, Kind::Negate(operand));
        }
        if self.accept("+") {
            let operand = Box::new(self.expression(SIGN_STRENGTH)?);
            return self.node(column, Kind::Affirm(operand));
        }
        self.path()
    }

    /// A term and the steps, calls and indexers that follow it.
    fn path(&mut self) -> Result<Node, FhirPathError> {
        let mut node = self.term()?;
        loop {
            let column = self.column();
            if self.accept(".") {
                let column = self.column();
                node = self.step(Some(Box::new(node)), column)?;
            } else if self.accept("[") {
                let index = self.expression(0)?;
                self.expect("]")?;
                node = self.node(column, Kind::Indexer(Box::new(node), Box::new(index)))?;
            } else {
                return Ok(node);
            }
        }
    }

    fn term(&mut self) -> Result<Node, FhirPathError> {
        let column = self.column();
        let kind = match self.peek().clone() {
            TokenKind::Symbol("(") => {
                self.at += 1;
                let node = self.expression(0)?;
                self.expect(")")?;
                return Ok(node);
            }
            TokenKind::Symbol("{") => {
                self.at += 1;
                self.expect("}")?;
                Kind::Empty
            }
            TokenKind::External(name) => {
                self.at += 1;
                functions::check_external(&name, column)?;
                Kind::External(name)
            }
            TokenKind::Text(text) => {
                self.at += 1;
                Kind::Literal(System::String(text.into()))
            }
            TokenKind::Temporal(text) => {
                self.at += 1;
                Kind::Literal(System::Temporal(temporal(&text, column)?))
            }
            TokenKind::Number(text) => {
                self.at += 1;
                self.number(&text, column)?
            }
            TokenKind::Word(word) if word == "true" || word == "false" => {
                self.at += 1;
                Kind::Literal(System::Boolean(word == "true"))
            }
            _ => return self.step(None, column),
        };
        self.node(column, kind)
    }

    /// A number, or a quantity when a unit follows.
    fn number(&mut self, text: &str, column: u32) -> Result<Kind, FhirPathError> {
        let unit = match self.peek() {
            TokenKind::Text(unit) => Some(Unit::Ucum(unit.clone().into())),
            TokenKind::Word(word) => CalendarUnit::from_word(word).map(Unit::Calendar),
            _ => None,
        };
        if let Some(unit) = unit {
            self.at += 1;
            let value = value::decimal(text, column)?;
            return Ok(Kind::Literal(System::Quantity(Quantity { value, unit })));
        }
        if text.contains('.') {
            return Ok(Kind::Literal(System::Decimal(value::decimal(text, column)?)));
        }
        match text.parse() {
            Ok(integer) => Ok(Kind::Literal(System::Integer(integer))),
            Err(_) => Err(FhirPathError::range(column, format!("{text} is not a 32-bit integer"))),
        }
    }

    /// A name, a call or a `$` variable.
    fn step(&mut self, input: Option<Box<Node>>, column: u32) -> Result<Node, FhirPathError> {
        let name = match self.advance() {
            TokenKind::Dollar(name) => {
                let kind = match name.as_str() {
                    "this" => Kind::This,
                    "index" => Kind::Index,
                    "total" => Kind::Total,
                    _ => {
                        let reason = format!("`${name}` does not exist");
                        let cure = "use $this, $index or $total";
                        return Err(FhirPathError::syntax(column, reason, cure));
                    }
                };
                if input.is_some() {
                    let reason = format!("`${name}` cannot follow a point");
                    return Err(FhirPathError::syntax(column, reason, "use it alone, or select()"));
                }
                return self.node(column, kind);
            }
            TokenKind::Quoted(name) => name,
            TokenKind::Word(word) if is_identifier(&word, input.is_some()) => word,
            found => {
                let reason = format!("a value or a name is missing before {}", describe(&found));
                return Err(FhirPathError::syntax(column, reason, "complete the expression"));
            }
        };
        if self.accept("(") {
            return self.call(input, &name, column);
        }
        if matches!(self.peek(), TokenKind::Symbol("{")) {
            let reason = "values are read here, never made";
            return Err(FhirPathError::refused(column, format!("{name} {{...}}"), reason));
        }
        self.node(column, Kind::Member(input, name))
    }

    /// A call, after its opening parenthesis.
    fn call(
        &mut self,
        input: Option<Box<Node>>,
        name: &str,
        column: u32,
    ) -> Result<Node, FhirPathError> {
        let operator = match name {
            "is" => Some(TypeOperator::Is),
            "as" => Some(TypeOperator::As),
            "ofType" => Some(TypeOperator::OfType),
            _ => None,
        };
        if let Some(operator) = operator {
            let type_name = self.type_name()?;
            self.expect(")")?;
            model::check_type(&type_name, operator, column)?;
            return self.node(column, Kind::Typed(input, operator, type_name));
        }
        let function = functions::named(name, column)?;
        let arguments = self.arguments(function)?;
        functions::check_arguments(function, name, &arguments, column)?;
        self.node(column, Kind::Call(input, function, arguments))
    }

    fn arguments(&mut self, function: Function) -> Result<Vec<Node>, FhirPathError> {
        let mut arguments = Vec::new();
        if self.accept(")") {
            return Ok(arguments);
        }
        loop {
            let argument = self.expression(0)?;
            arguments.push(match function {
                Function::Sort => self.sort_key(argument)?,
                _ => argument,
            });
            if !self.accept(",") {
                self.expect(")")?;
                return Ok(arguments);
            }
        }
    }

    /// `key desc` is written as `-key` in the compiled form, as in the official suite.
    fn sort_key(&mut self, key: Node) -> Result<Node, FhirPathError> {
        let descending = match self.peek() {
            TokenKind::Word(word) if word == "desc" => true,
            TokenKind::Word(word) if word == "asc" => false,
            _ => return Ok(key),
        };
        self.at += 1;
        if descending { self.node(key.column, Kind::Negate(Box::new(key))) } else { Ok(key) }
    }

    fn type_name(&mut self) -> Result<TypeName, FhirPathError> {
        let first = self.type_word()?;
        if !self.accept(".") {
            return Ok(TypeName { namespace: None, name: first });
        }
        let name = self.type_word()?;
        Ok(TypeName { namespace: Some(first), name })
    }

    fn type_word(&mut self) -> Result<String, FhirPathError> {
        match self.peek().clone() {
            TokenKind::Word(word) | TokenKind::Quoted(word) => {
                self.at += 1;
                Ok(word)
            }
            found => {
                let reason = format!("the name of a type is missing before {}", describe(&found));
                Err(self.wrong(reason, "name a type, such as Patient or System.String"))
            }
        }
    }
}

/// Moves a finished node out of its place.
fn take(node: &mut Node) -> Node {
    std::mem::replace(node, Node { kind: Kind::Empty, column: 0, depth: 0 })
}

/// Whether a word is a name here. Operators are names only after a point, or when they are
/// `as`, `is`, `in` or `contains` (as the grammar says).
fn is_identifier(word: &str, after_point: bool) -> bool {
    let is_taken =
        matches!(word, "true" | "false" | "and" | "or" | "xor" | "implies" | "div" | "mod");
    after_point || !is_taken
}

fn temporal(text: &str, column: u32) -> Result<Temporal, FhirPathError> {
    Temporal::literal(text).ok_or_else(|| {
        let reason = format!("`@{text}` is not a date or time");
        FhirPathError::syntax(
            column,
            reason,
            "write it as @2015-02-04, @2015-02-04T14:34Z or @T14:34",
        )
    })
}

fn describe(token: &TokenKind) -> String {
    match token {
        TokenKind::Word(text) | TokenKind::Number(text) => format!("`{text}`"),
        TokenKind::Quoted(text) => format!("`` `{text}` ``"),
        TokenKind::Text(text) => format!("'{text}'"),
        TokenKind::Temporal(text) => format!("`@{text}`"),
        TokenKind::External(text) => format!("`%{text}`"),
        TokenKind::Dollar(text) => format!("`${text}`"),
        TokenKind::Symbol(text) => format!("`{text}`"),
        TokenKind::End => "the end".into(),
    }
}
