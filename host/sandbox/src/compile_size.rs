//! What there is to compile in a component, counted before anything is compiled.
//!
//! A file within its size limit can still be days of work: a function may declare tens of thousands of variables in three
//! bytes, and components that make instances of one another multiply. Compiling cannot be stopped once it has begun, so
//! whatever asks for more than any toolchain writes is refused before.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, FunctionBody,
    Operator, Parser, Payload,
};

use crate::inspection::malformed;
use crate::load_error::LoadError;

/// Functions of all modules; the interpreters of Python and JavaScript have some ten thousand. So many empty ones take
/// 3 s and 400 MB.
const MOST_FUNCTIONS: u64 = 60_000;
/// Bytes of one function; the largest loop of an interpreter has less than half.
const MOST_FUNCTION_BYTES: u64 = 512 << 10;
/// Variables of one function.
const MOST_LOCALS: u64 = 10_000;
/// Loops of one function times its variables: each may have another value in each loop. So many take a few seconds, and
/// five times as many take minutes.
const MOST_LOOPED_LOCALS: u64 = 250_000;
/// Variables of all functions.
const MOST_LOCALS_TOGETHER: u64 = 4_000_000;
/// Instances of modules and components, those inside of instances included.
const MOST_INSTANCES: u64 = 5_000;

/// Refuses a valid component that would take too long to compile, or too much memory.
pub(crate) fn is_bounded(bytes: &[u8]) -> Result<(), LoadError> {
    let mut counted = Counted::default();
    // The file itself is the outermost component.
    let mut nested = vec![Scope::default()];
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::CodeSectionEntry(body) => counted.add(&body)?,
            Payload::ModuleSection { .. } => nested.push(Scope::module()),
            Payload::ComponentSection { .. } => nested.push(Scope::default()),
            Payload::End(_) => end(&mut nested),
            payload => instances(&mut nested, &payload)?,
        }
    }
    Ok(())
}

#[derive(Default)]
struct Counted {
    functions: u64,
    locals: u64,
}

impl Counted {
    fn add(&mut self, body: &FunctionBody<'_>) -> Result<(), LoadError> {
        self.functions += 1;
        at_most("functions", self.functions, MOST_FUNCTIONS)?;
        at_most(
            "bytes in one function",
            body.range().len() as u64,
            MOST_FUNCTION_BYTES,
        )?;
        let mut locals = 0_u64;
        for group in body.get_locals_reader().map_err(malformed)? {
            let (count, _) = group.map_err(malformed)?;
            locals = locals.saturating_add(u64::from(count));
        }
        at_most("variables in one function", locals, MOST_LOCALS)?;
        let mut loops = 0_u64;
        for operator in body.get_operators_reader().map_err(malformed)? {
            loops += u64::from(matches!(operator.map_err(malformed)?, Operator::Loop { .. }));
        }
        at_most(
            "variables in all loops of one function",
            loops.saturating_mul(locals),
            MOST_LOOPED_LOCALS,
        )?;
        self.locals = self.locals.saturating_add(locals);
        at_most("variables", self.locals, MOST_LOCALS_TOGETHER)
    }
}

/// A module or component that is being read.
#[derive(Default)]
struct Scope {
    is_module: bool,
    /// Instances that one instance of it makes.
    instances: u64,
    /// The same of each component that can be named in it; none of one that comes from outside.
    components: Vec<Option<u64>>,
}

impl Scope {
    fn module() -> Self {
        Self {
            is_module: true,
            ..Self::default()
        }
    }
}

/// The innermost one has ended; a component can be named in the one around it from then on.
fn end(nested: &mut Vec<Scope>) {
    let Some(ended) = nested.pop() else { return };
    if let Some(outer) = nested.last_mut()
        && !ended.is_module
    {
        outer.components.push(Some(ended.instances));
    }
}

/// Counts the instances that this part of a component makes.
fn instances(nested: &mut [Scope], payload: &Payload<'_>) -> Result<(), LoadError> {
    match payload {
        Payload::InstanceSection(section) => made(nested, u64::from(section.count()))?,
        Payload::ComponentInstanceSection(section) => {
            for instance in section.clone() {
                let inside = match instance.map_err(malformed)? {
                    ComponentInstance::Instantiate { component_index, .. } => {
                        known(nested, 0, component_index)?
                    }
                    ComponentInstance::FromExports(_) => 0,
                };
                made(nested, inside.saturating_add(1))?;
            }
        }
        Payload::ComponentAliasSection(section) => {
            for alias in section.clone() {
                match alias.map_err(malformed)? {
                    ComponentAlias::Outer {
                        kind: ComponentOuterAliasKind::Component,
                        count,
                        index,
                    } => {
                        let inside = known(nested, count, index)?;
                        named(nested, Some(inside));
                    }
                    ComponentAlias::InstanceExport {
                        kind: ComponentExternalKind::Component,
                        ..
                    } => named(nested, None),
                    _ => {}
                }
            }
        }
        Payload::ComponentImportSection(section) => {
            for import in section.clone() {
                if import.map_err(malformed)?.ty.kind() == ComponentExternalKind::Component {
                    named(nested, None);
                }
            }
        }
        Payload::ComponentExportSection(section) => {
            for export in section.clone() {
                let export = export.map_err(malformed)?;
                if export.kind == ComponentExternalKind::Component {
                    let inside = known(nested, 0, export.index)?;
                    named(nested, Some(inside));
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn made(nested: &mut [Scope], more: u64) -> Result<(), LoadError> {
    let Some(scope) = nested.last_mut() else {
        return Ok(());
    };
    scope.instances = scope.instances.saturating_add(more);
    at_most("instances", scope.instances, MOST_INSTANCES)
}

fn named(nested: &mut [Scope], inside: Option<u64>) {
    if let Some(scope) = nested.last_mut() {
        scope.components.push(inside);
    }
}

/// What an instance of a component makes, that is named so many components further out.
fn known(nested: &[Scope], outwards: u32, index: u32) -> Result<u64, LoadError> {
    let scope = nested.iter().rev().nth(outwards as usize);
    let component = scope.and_then(|scope| scope.components.get(index as usize));
    component.copied().flatten().ok_or_else(|| {
        LoadError::Compile(
            "it hands components around as values, which this host does not follow; compose it into one component first"
                .to_owned(),
        )
    })
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), LoadError> {
    if found > limit {
        return Err(LoadError::TooMuchCode { what, found, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(component: &str) -> String {
        is_bounded(&wat::parse_str(component).unwrap())
            .unwrap_err()
            .to_string()
    }

    /// Each component makes two instances of the one inside of it.
    fn doubling(depth: usize) -> String {
        let inner = r#"(component $c (core module $m) (core instance (instantiate $m)))"#;
        (0..depth).fold(inner.to_owned(), |inner, _| {
            format!("(component $c {inner} (instance (instantiate $c)) (instance (instantiate $c)))")
        })
    }

    #[test]
    fn instances_inside_of_instances_are_counted() {
        assert_eq!(is_bounded(&wat::parse_str(doubling(10)).unwrap()), Ok(()));
        assert_eq!(refused(&doubling(30)), "it has 6142 instances; 5000 are allowed");
    }

    #[test]
    fn a_component_that_is_named_from_inside_another_is_counted_there_too() {
        let many = "(instance (instantiate $inner))".repeat(900);
        let component = format!(
            "(component (component $inner (core module $m) (core instance (instantiate $m)))
               (component $outer (alias outer 1 $inner (component $inner)) {many})
               (instance (instantiate $outer)) (instance (instantiate $outer)) (instance (instantiate $outer)))"
        );
        assert_eq!(refused(&component), "it has 5403 instances; 5000 are allowed");
    }

    #[test]
    fn components_that_come_from_outside_are_not_followed() {
        let reason = refused(r#"(component (import "c" (component $c)) (instance (instantiate $c)))"#);
        assert!(reason.contains("hands components around as values"), "{reason}");
    }

    #[test]
    fn variables_are_counted_in_each_function_and_together() {
        let function = |locals: usize| format!("(func (local {}))", "i64 ".repeat(locals));
        let module = |functions: &str| format!("(component (core module {functions}))");
        assert_eq!(
            refused(&module(&function(10_001))),
            "it has 10001 variables in one function; 10000 are allowed"
        );
        assert_eq!(
            refused(&module(&function(10_000).repeat(401))),
            "it has 4010000 variables; 4000000 are allowed"
        );
    }

    #[test]
    fn variables_count_again_in_each_loop() {
        let (begin, end) = ("(loop ".repeat(251), ")".repeat(251));
        let locals = "i64 ".repeat(1_000);
        assert_eq!(
            refused(&format!(
                "(component (core module (func (local {locals}) {begin} {end})))"
            )),
            "it has 251000 variables in all loops of one function; 250000 are allowed"
        );
    }

    #[test]
    fn functions_are_counted_and_measured() {
        let many = "(func)".repeat(60_001);
        assert_eq!(
            refused(&format!("(component (core module {many}))")),
            "it has 60001 functions; 60000 are allowed"
        );
        let long = "nop ".repeat(600_000);
        assert_eq!(
            refused(&format!("(component (core module (func {long})))")),
            "it has 600002 bytes in one function; 524288 are allowed"
        );
    }
}
