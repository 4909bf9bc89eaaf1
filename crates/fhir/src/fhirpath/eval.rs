//! Walks a compiled expression over a record.

use rust_decimal::Decimal;

use super::ast::{Kind, Node, Operator, TypeName, TypeOperator};
use super::context::Context;
use super::error::{ErrorKind, FhirPathError};
use super::functions::{Call, Function};
use super::patterns::Patterns;
use super::value::{Collection, Item, System};
use super::{compare, model, operate};

/// One evaluation of one expression.
#[derive(Debug)]
pub(super) struct Evaluation<'c, 'v: 'a, 'a> {
    pub(super) context: &'c Context<'v>,
    pub(super) patterns: &'c Patterns,
    pub(super) root: Item<'a>,
    steps: u64,
    /// Variables of `defineVariable`, innermost last.
    pub(super) defined: Vec<(String, Collection<'a>)>,
}

/// What `$this`, `$index` and `$total` are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s, 'a> {
    pub(super) this: &'s [Item<'a>],
    pub(super) index: Option<usize>,
    pub(super) total: Option<&'s [Item<'a>]>,
}

type Answer<'a> = Result<Collection<'a>, FhirPathError>;

impl<'c, 'v: 'a, 'a> Evaluation<'c, 'v, 'a> {
    pub(super) fn new(context: &'c Context<'v>, patterns: &'c Patterns, root: Item<'a>) -> Self {
        Self { context, patterns, root, steps: 0, defined: Vec::new() }
    }

    /// Evaluates the whole expression.
    pub(super) fn run(&mut self, node: &'a Node) -> Answer<'a> {
        let root = [self.root.clone()];
        self.eval(node, Scope { this: &root, index: None, total: None })
    }

    /// Counts steps, and stops when there are too many.
    pub(super) fn step(&mut self, steps: usize, column: u32) -> Result<(), FhirPathError> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps <= self.context.steps_max {
            return Ok(());
        }
        let reason = format!("it takes more than {} steps", self.context.steps_max);
        let cure = "narrow the expression, or allow more steps";
        Err(FhirPathError::new(ErrorKind::Limit, column, reason, cure))
    }

    /// Evaluates an argument or operand; variables defined in it end with it.
    pub(super) fn inner(&mut self, node: &'a Node, scope: Scope<'_, 'a>) -> Answer<'a> {
        let defined = self.defined.len();
        let answer = self.eval(node, scope);
        self.defined.truncate(defined);
        answer
    }

    /// Evaluates an argument once for an item.
    pub(super) fn for_item(
        &mut self,
        node: &'a Node,
        item: &Item<'a>,
        index: Option<usize>,
        scope: Scope<'_, 'a>,
    ) -> Answer<'a> {
        self.inner(node, Scope { this: std::slice::from_ref(item), index, total: scope.total })
    }

    fn eval(&mut self, node: &'a Node, scope: Scope<'_, 'a>) -> Answer<'a> {
        self.step(1, node.column)?;
        match &node.kind {
            Kind::Empty => Ok(Vec::new()),
            Kind::Literal(value) => Ok(vec![Item::System(borrowed(value))]),
            Kind::External(name) => self.external(name, node.column),
            Kind::This => Ok(scope.this.to_vec()),
            Kind::Index => match scope.index {
                Some(index) => Ok(vec![integer(index, node.column)?]),
                None => Ok(Vec::new()),
            },
            Kind::Total => Ok(scope.total.unwrap_or_default().to_vec()),
            Kind::Member(None, name) => self.first_step(scope.this, name, node.column),
            Kind::Member(Some(input), name) => {
                let input = self.eval(input, scope)?;
                self.children(&input, name, node.column)
            }
            Kind::Call(input, function, arguments) => {
                let input = self.input(input.as_deref(), scope)?;
                self.step(input.len(), node.column)?;
                self.call_boxed(*function, arguments, scope, node.column, input)
            }
            Kind::Typed(input, operator, name) => {
                let input = self.input(input.as_deref(), scope)?;
                typed(input, *operator, name, node.column)
            }
            Kind::Indexer(input, index) => self.indexer(input, index, scope),
            Kind::Negate(operand) => {
                let operand = self.inner(operand, scope)?;
                operate::negate(&operand, node.column)
            }
            Kind::Affirm(operand) => {
                let operand = self.inner(operand, scope)?;
                operate::negate(&operand, node.column)?;
                Ok(operand)
            }
            Kind::Binary(operator, left, right) => {
                self.binary(*operator, left, right, scope, node.column)
            }
        }
    }

    /// Kept out of `eval`, whose stack frame every level of an expression pays for.
    #[inline(never)]
    fn call_boxed(
        &mut self,
        function: Function,
        arguments: &'a [Node],
        scope: Scope<'_, 'a>,
        column: u32,
        input: Collection<'a>,
    ) -> Answer<'a> {
        self.call(Call { function, arguments, scope, column }, input)
    }

    fn input(&mut self, input: Option<&'a Node>, scope: Scope<'_, 'a>) -> Answer<'a> {
        match input {
            Some(input) => self.eval(input, scope),
            None => Ok(scope.this.to_vec()),
        }
    }

    fn external(&self, name: &str, column: u32) -> Answer<'a> {
        if let Some((_, value)) = self.defined.iter().rev().find(|(known, _)| known == name) {
            return Ok(value.clone());
        }
        self.context.lookup(name, &self.root).ok_or_else(|| {
            let reason = format!("the variable %{name} is not set");
            let cure = "set it in the context, or with defineVariable()";
            FhirPathError::new(ErrorKind::Variable, column, reason, cure)
        })
    }

    /// The first name of a path: the type of the focus, or a child of it.
    fn first_step(&mut self, this: &[Item<'a>], name: &str, column: u32) -> Answer<'a> {
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            let found: Collection<'a> =
                this.iter().filter(|item| is_fhir(item, name)).cloned().collect();
            if !found.is_empty() || model::begins_path(name) {
                return Ok(found);
            }
        }
        self.children(this, name, column)
    }

    fn children(&mut self, input: &[Item<'a>], name: &str, column: u32) -> Answer<'a> {
        self.step(input.len(), column)?;
        let mut found = Vec::new();
        for item in input {
            match item {
                Item::Element(element) => {
                    model::named_children(element, name, column, &mut found)?;
                }
                Item::Type(info) => match name {
                    "name" => found.push(info.name.into()),
                    "namespace" => found.push(info.namespace.into()),
                    _ => {}
                },
                Item::System(System::Quantity(quantity)) => match name {
                    "value" => found.push(quantity.value.into()),
                    "unit" => found.push(quantity.unit.to_string().into()),
                    _ => {}
                },
                Item::System(_) => {}
            }
        }
        Ok(found)
    }

    fn indexer(&mut self, input: &'a Node, index: &'a Node, scope: Scope<'_, 'a>) -> Answer<'a> {
        let column = index.column;
        let input = self.eval(input, scope)?;
        let index = self.inner(index, scope)?;
        let Some(index) = one_integer(&index, "an index", column)? else { return Ok(Vec::new()) };
        let item = usize::try_from(index).ok().and_then(|index| input.into_iter().nth(index));
        Ok(item.into_iter().collect())
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &'a Node,
        right: &'a Node,
        scope: Scope<'_, 'a>,
        column: u32,
    ) -> Answer<'a> {
        let left = self.inner(left, scope)?;
        if operate::settles(operator, &left) {
            let answer = operator != Operator::And;
            return Ok(vec![answer.into()]);
        }
        let right = self.inner(right, scope)?;
        let answer = match operator {
            Operator::And | Operator::Or | Operator::Xor | Operator::Implies => {
                let (left, right) = (truth(&left, column)?, truth(&right, column)?);
                operate::logic(operator, left, right)
            }
            Operator::Equal => self.equal(&left, &right, column)?,
            Operator::NotEqual => self.equal(&left, &right, column)?.map(|equal| !equal),
            Operator::Equivalent => Some(self.equivalent(&left, &right, column)?),
            Operator::NotEquivalent => Some(!self.equivalent(&left, &right, column)?),
            Operator::In => self.contains(&right, &left, column)?,
            Operator::Contains => self.contains(&left, &right, column)?,
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => compare::ordered(operator, &left, &right, column)?,
            Operator::Union => {
                let both = left.into_iter().chain(right).collect();
                return self.distinct(both, column);
            }
            _ => return operate::arithmetic(operator, &left, &right, column),
        };
        Ok(answer.map(Item::from).into_iter().collect())
    }

    /// Whether the one item of `item` is in `items`.
    fn contains(
        &mut self,
        items: &[Item<'a>],
        item: &[Item<'a>],
        column: u32,
    ) -> Result<Option<bool>, FhirPathError> {
        let Some(item) = one(item, "in", column)? else { return Ok(None) };
        self.includes(items, item, column).map(Some)
    }
}

/// `is`, `as` and `ofType`.
fn typed<'a>(
    input: Collection<'a>,
    operator: TypeOperator,
    name: &TypeName,
    column: u32,
) -> Answer<'a> {
    if operator == TypeOperator::OfType {
        return Ok(input.into_iter().filter(|item| model::is_kept(item, name)).collect());
    }
    let what = if operator == TypeOperator::Is { "is" } else { "as" };
    let Some(item) = one(&input, what, column)? else { return Ok(Vec::new()) };
    if operator == TypeOperator::Is {
        return Ok(vec![model::is_a(item, name).into()]);
    }
    let kept = model::is_kept(item, name);
    Ok(if kept { input } else { Vec::new() })
}

fn is_fhir(item: &Item<'_>, name: &str) -> bool {
    matches!(item, Item::Element(element) if model::is_subtype(element.type_name(), name))
}

fn borrowed<'a>(value: &'a System<'static>) -> System<'a> {
    match value {
        System::String(text) => System::String(text.as_ref().into()),
        other => other.clone(),
    }
}

/// The only item; none of an empty collection.
pub(super) fn one<'s, 'a>(
    items: &'s [Item<'a>],
    what: &str,
    column: u32,
) -> Result<Option<&'s Item<'a>>, FhirPathError> {
    match items {
        [] => Ok(None),
        [item] => Ok(Some(item)),
        _ => Err(FhirPathError::many(column, what, items.len())),
    }
}

/// The plain value of the only item; none of an empty collection. An element without a
/// plain value is an error.
pub(super) fn one_value<'a>(
    items: &[Item<'a>],
    what: &str,
    column: u32,
) -> Result<Option<System<'a>>, FhirPathError> {
    let Some(item) = one(items, what, column)? else { return Ok(None) };
    if let Some(value) = plain(item, column)? {
        return Ok(Some(value));
    }
    match item {
        // A primitive with extensions alone has no value, and that is no fault.
        Item::Element(element) if element.json.is_none() && !element.is_stub => Ok(None),
        _ => {
            let name = item.type_info().name;
            Err(FhirPathError::operand(column, format!("{what} does not take a {name}")))
        }
    }
}

/// The plain value of an item, its content checked.
pub(super) fn plain<'a>(item: &Item<'a>, column: u32) -> Result<Option<System<'a>>, FhirPathError> {
    item.system().map_err(|reason| FhirPathError::operand(column, reason))
}

/// The only item as text.
pub(super) fn one_text<'a>(
    items: &[Item<'a>],
    what: &str,
    column: u32,
) -> Result<Option<std::borrow::Cow<'a, str>>, FhirPathError> {
    match one_value(items, what, column)? {
        None => Ok(None),
        Some(System::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong_type(what, "String", &other, column)),
    }
}

/// The only item as an integer.
pub(super) fn one_integer(
    items: &[Item<'_>],
    what: &str,
    column: u32,
) -> Result<Option<i32>, FhirPathError> {
    match one_value(items, what, column)? {
        None => Ok(None),
        Some(System::Integer(value)) => Ok(Some(value)),
        Some(other) => Err(wrong_type(what, "Integer", &other, column)),
    }
}

/// The only item as a number.
pub(super) fn one_decimal(
    items: &[Item<'_>],
    what: &str,
    column: u32,
) -> Result<Option<Decimal>, FhirPathError> {
    match one_value(items, what, column)? {
        None => Ok(None),
        Some(System::Integer(value)) => Ok(Some(value.into())),
        Some(System::Decimal(value)) => Ok(Some(value)),
        Some(other) => Err(wrong_type(what, "number", &other, column)),
    }
}

pub(super) fn wrong_type(what: &str, wanted: &str, got: &System<'_>, column: u32) -> FhirPathError {
    FhirPathError::operand(column, format!("{what} needs a {wanted} and got a {}", got.type_name()))
}

/// Whether a collection is true: a Boolean is itself, any other single item is true, nothing
/// is unknown.
pub(super) fn truth(items: &[Item<'_>], column: u32) -> Result<Option<bool>, FhirPathError> {
    let Some(item) = one(items, "a condition", column)? else { return Ok(None) };
    match plain(item, column)? {
        Some(System::Boolean(value)) => Ok(Some(value)),
        _ => Ok(Some(true)),
    }
}

/// A count as an Integer.
pub(super) fn integer<'a>(count: usize, column: u32) -> Result<Item<'a>, FhirPathError> {
    let count = i32::try_from(count).ok();
    count.map(Item::from).ok_or_else(|| FhirPathError::range(column, "the count is too large"))
}
