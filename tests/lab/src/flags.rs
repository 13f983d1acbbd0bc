/// Packages of the JDK that Cassandra uses although they are not public. From conf/jvm17-server.options of
/// Cassandra 5.0; 4.0 and 4.1 start on JDK 17 with the same list.
const EXPORTS: [&str; 12] = [
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.util",
    "java.base/java.lang.ref",
    "java.base/sun.nio.ch",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.rmi/sun.rmi.transport.tcp",
    "java.sql/java.sql",
    "jdk.attach/sun.tools.attach",
    "jdk.compiler/com.sun.tools.javac.file",
];

/// Packages it also reads by reflection.
const OPENS: [&str; 18] = [
    "java.base/java.io",
    "java.base/java.lang",
    "java.base/java.lang.module",
    "java.base/java.lang.reflect",
    "java.base/java.net",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/jdk.internal.loader",
    "java.base/jdk.internal.math",
    "java.base/jdk.internal.module",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.reflect",
    "java.base/jdk.internal.util.jar",
    "java.base/sun.nio.ch",
    "jdk.management/com.sun.management.internal",
    "java.rmi/sun.rmi.transport.tcp",
];

/// A start of 5.0.5 took 6.8 s of processor time with these flags and 15.5 s without the last three; three at once on two
/// shared cores were ready after 18 s instead of 25 s.
const QUICK_START: [&str; 5] = [
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
];

/// What lets Cassandra's classes run on JDK 17 at all.
pub(crate) fn module_access() -> impl Iterator<Item = String> {
    let exports = EXPORTS
        .iter()
        .map(|package| format!("--add-exports={package}=ALL-UNNAMED"));
    let opens = OPENS
        .iter()
        .map(|package| format!("--add-opens={package}=ALL-UNNAMED"));
    exports.chain(opens)
}

/// Flags of a server's virtual machine with a heap of at most `heap_mb` MiB.
pub(crate) fn server(heap_mb: u32) -> Vec<String> {
    let mut flags = vec![format!("-Xms{}M", heap_mb / 2), format!("-Xmx{heap_mb}M")];
    flags.extend(QUICK_START.iter().map(|&flag| flag.to_owned()));
    flags.extend(module_access());
    flags
}

/// Flags of a tool that runs for a second.
pub(crate) fn tool() -> Vec<String> {
    let mut flags = vec!["-Xmx128M".to_owned()];
    flags.extend(QUICK_START.iter().map(|&flag| flag.to_owned()));
    flags.extend(module_access());
    flags
}
