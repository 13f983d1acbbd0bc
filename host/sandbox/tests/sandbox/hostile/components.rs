//! Components that no compiler writes.

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A component whose module runs this when an instance is made. It exports functions of the right names, as nothing of
/// it would run otherwise.
fn with_module(module: &str) -> Vec<u8> {
    wat(&format!(
        r#"(component
          (core module $m (func (export "f")) {module})
          (core instance $c (instantiate $m))
          (func $f (canon lift (core func $c "f")))
          (instance $i (export "describe" (func $f)) (export "plan" (func $f)) (export "execute" (func $f)))
          (export "ringkeeper:maintenance/maintenance@0.1.0" (instance $i)))"#
    ))
}

/// Runs these instructions at start.
pub(super) fn started(instructions: &str) -> Vec<u8> {
    with_module(&format!("(func $start {instructions}) (start $start)"))
}

/// So many memories of so many pages of 64 KiB.
pub(super) fn memories(count: usize, pages: u32) -> Vec<u8> {
    with_module(&format!("(memory {pages})").repeat(count))
}

/// Takes table entries until it is refused more, and crashes then.
pub(super) fn growing_table() -> Vec<u8> {
    with_module(
        "(table $t 1 funcref)
         (func $start (loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 65536)) (i32.const -1)))) unreachable)
         (start $start)",
    )
}

/// So many functions that do nothing.
pub(super) fn functions(count: usize) -> Vec<u8> {
    with_module(&"(func)".repeat(count))
}

/// One function of so many bytes.
pub(super) fn long_function(bytes: usize) -> Vec<u8> {
    with_module(&format!("(func {})", "nop ".repeat(bytes)))
}

/// The same in a component that is compiled.
pub(super) fn variables_in(functions: usize, locals: usize) -> Vec<u8> {
    with_module(&format!("(func (local {}))", "i64 ".repeat(locals)).repeat(functions))
}

/// So many functions, each of a few bytes, and with so many variables.
pub(super) fn variables(functions: u32, locals: u32) -> Vec<u8> {
    let mut body = vec![1];
    leb128(&mut body, locals);
    body.extend([0x7e, 0x0b]);
    let mut code = Vec::new();
    leb128(&mut code, functions);
    for _ in 0..functions {
        leb128(&mut code, u32::try_from(body.len()).unwrap());
        code.extend(&body);
    }
    let mut types = Vec::new();
    leb128(&mut types, functions);
    types.resize(types.len() + functions as usize, 0);
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    section(&mut module, 1, &[1, 0x60, 0, 0]);
    section(&mut module, 3, &types);
    section(&mut module, 10, &code);
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    section(&mut component, 1, &module);
    component
}

/// A component of two instances of a component of two instances, and so on.
pub(super) fn doubling(depth: usize) -> Vec<u8> {
    let inner = "(component $c (core module $m) (core instance (instantiate $m)))".to_owned();
    wat(&(0..depth).fold(inner, |inner, _| {
        format!("(component $c {inner} (instance (instantiate $c)) (instance (instantiate $c)))")
    }))
}

/// It exports a name of so many bytes.
pub(super) fn long_name(bytes: usize) -> Vec<u8> {
    let name = "a".repeat(bytes);
    wat(&format!(
        r#"(component (instance $i) (export "{name}" (instance $i)))"#
    ))
}

/// It imports so many interfaces that no host has.
pub(super) fn imports(count: usize) -> Vec<u8> {
    let all: String = (0..count)
        .map(|number| format!(r#"(import "shop:orders/a{number}@1.0.0" (instance))"#))
        .collect();
    wat(&format!("(component {all})"))
}

/// The liar with this word for what it does while it describes itself.
pub(super) fn with_word(liar: &[u8], word: &str) -> Vec<u8> {
    let mark = b"while describing: ";
    let mut bytes = liar.to_vec();
    let places: Vec<usize> = bytes
        .windows(mark.len())
        .enumerate()
        .filter(|(_, window)| window == mark)
        .map(|(place, _)| place)
        .collect();
    let [place] = places[..] else {
        panic!("the mark stands there {} times", places.len());
    };
    let from = place + mark.len();
    bytes[from..from + word.len()].copy_from_slice(word.as_bytes());
    bytes
}

fn section(out: &mut Vec<u8>, id: u8, content: &[u8]) {
    out.push(id);
    leb128(out, u32::try_from(content.len()).unwrap());
    out.extend(content);
}

fn leb128(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap());
}

/// One function of nested loops, in the innermost of which all variables change.
pub(super) fn loops(depth: usize, locals: usize) -> Vec<u8> {
    let changes: String = (0..locals)
        .map(|local| format!("(local.set {local} (i64.add (local.get {local}) (i64.const 1)))"))
        .collect();
    let begin = "(loop ".repeat(depth);
    let again = "(br_if 0 (i64.eqz (local.get 0)))".to_owned() + ")";
    let end = again.repeat(depth);
    let types = "i64 ".repeat(locals);
    with_module(&format!("(func (local {types}) {begin} {changes} {end})"))
}
