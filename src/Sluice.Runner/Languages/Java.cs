using System.Collections.Frozen;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Languages;

/// <summary>
/// Java 17 or newer. javac is called directly, without annotation processors: nothing of the author's runs before the tests.
/// The quick compiler alone and the plain collector make a start short and the memory small.
/// </summary>
internal sealed class Java : ILanguage
{
    private const string Quick =
        "-Xshare:auto -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData";

    /// <summary>Without a bound the heap of a build would be a part of the machine's memory, which the sandbox does not give.</summary>
    private const string Building = Quick + " -Xmx512m";

    private static readonly JavaToolchain? s_tools = JavaToolchain.Find();

    public string Name => "java";

    public string? WhyNot => s_tools is null ? "Java 17 is not installed (/usr/bin/java)." : null;

    public string? WhyNotBuild =>
        WhyNot
        ?? (
            s_tools!.CanBuild
                ? null
                : "There is a Java runtime here and no JDK: Java packages run but cannot be built."
        );

    public IReadOnlyList<BuildFile> Wrapper =>
        [new("gen/RunTests.java", Runtimes.File("java/RunTests.java"))];

    public IReadOnlyList<string> ReadOnly => s_tools?.ReadOnly ?? [];

    public bool ReadsProc => true;

    public IReadOnlyList<string> Worker(SandboxPaths paths, SandboxLimits limits) =>
        [
            // Java can be given no descriptors but the standard ones, and may not open those of another user by name: the
            // pipes become its input and output, and nothing else holds them.
            "/bin/sh",
            "-c",
            "exec \"$@\" 0<&3 1>&4 3<&- 4>&-",
            "worker",
            s_tools!.Program,
            .. Quick.Split(' '),
            // A program sees a clean out-of-memory before the kernel's limit ends it: half is for objects, and what the
            // runtime keeps beside them is bounded too.
            $"-Xmx{limits.Data / 2 >> 20}m",
            "-Xss1m",
            $"-XX:MaxDirectMemorySize={limits.Data / 8 >> 20}m",
            "-XX:ReservedCodeCacheSize=32m",
            // A second compiler would take its processor from the node.
            "-XX:CICompilerCount=1",
            "-XX:MaxMetaspaceSize=64m",
            "-XX:+DisableAttachMechanism",
            "-Xlog:disable",
            "-XX:+DisplayVMOutputToStderr",
            "-Dfile.encoding=UTF-8",
            "-Dsun.stderr.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8",
            "-cp",
            $"{Path.Combine(paths.App, ".app.jar")}:{Path.Combine(paths.App, ".deps/run/*")}",
            "gen.worker.Worker",
        ];

    public IReadOnlyDictionary<string, string> WorkerEnvironment(SandboxLimits limits) =>
        FrozenDictionary<string, string>.Empty;

    public bool RanOutOfMemory(string line) =>
        line.Contains("insufficient memory for the Java Runtime", StringComparison.Ordinal);

    // What is no source goes into the archive as it is, so that classes find it as a resource.
    public string Compile =>
        $"""
            if [ -d .deps/run ]; then export CLASSPATH='.deps/run/*'; fi
            mkdir "$HOME/classes" &&
            find . -name '*.java' ! -name '*Test.java' ! -name '*Tests.java' ! -path ./gen/RunTests.java | sed 's/.*/"&"/' > "$HOME/sources" &&
            '{s_tools?.Compiler}' {Tool} --release 17 -proc:none -nowarn -g -encoding UTF-8 -d "$HOME/classes" "@$HOME/sources" &&
            find . -type f ! -name '*.java' ! -path './.*' -exec cp --parents -t "$HOME/classes" '{"{}"}' + &&
            '{s_tools?.Archiver}' {Tool} --create --no-compress --file .app.jar -C "$HOME/classes" .
            """;

    public string Test =>
        $"""
            if [ -z "$(find . -name '*Test.java' -o -name '*Tests.java')" ]; then echo 'no tests were found'; return 0; fi
            if [ -d .deps/run ]; then export CLASSPATH='.:.deps/run/*'; fi
            '{s_tools?.Program}' {Building} -Dfile.encoding=UTF-8 gen/RunTests.java "$HOME/tests"
            """;

    public IReadOnlyDictionary<string, string> BuildEnvironment =>
        FrozenDictionary<string, string>.Empty;

    /// <summary>The same for a tool that is a program in Java.</summary>
    private static string Tool =>
        string.Join(' ', Building.Split(' ').Select(option => "-J" + option));
}
