using System.Runtime.InteropServices;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Serving;

/// <summary>The server program, found beside this one, which takes this process's place.</summary>
internal static partial class ServerProgram
{
    private const string Name = "Sluice.Server.dll";

    /// <summary>Does not come back when all is well: the same process is the server from then on.</summary>
    public static Exit Become(Session session, IReadOnlyList<string> arguments)
    {
        var places = Places(session.Terminal).ToList();
        if (places.Find(File.Exists) is not { } program)
            return session.Fail(
                Exit.Broken,
                "no_server",
                $"The server program is not beside this one (looked for {string.Join(", ", places)}).",
                "Name it in SLUICE_SERVER_PROGRAM, or run ./dev serve in a checkout."
            );
        if (OperatingSystem.IsWindows())
            return session.Fail(Exit.Broken, "not_here", "The server does not run on Windows.");
        // The runtime that runs this program also runs that one, wherever it was installed.
        var host = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet")
        );
        if (!File.Exists(host))
            return session.Fail(
                Exit.Broken,
                "no_dotnet",
                $"There is no {host} to run the server with."
            );
        session.Terminal.Out.Flush();
        Execute(host, [host, program, .. arguments, null]);
        return session.Fail(
            Exit.Broken,
            "no_start",
            $"The server could not be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}."
        );
    }

    private static IEnumerable<string> Places(Terminal terminal)
    {
        if (terminal.Variable("SLUICE_SERVER_PROGRAM") is { } named)
        {
            yield return named;
            yield break;
        }
        var here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        // As published: sluice and server/ side by side.
        yield return Path.Combine(here, "server", Name);
        // As built in a checkout: src/Sluice.Cli/bin/Release/net10.0 and the same under src/Sluice.Server.
        var framework = Path.GetFileName(here);
        var configuration = Path.GetFileName(Path.GetDirectoryName(here)) ?? "";
        yield return Path.GetFullPath(
            Path.Combine(
                here,
                "..",
                "..",
                "..",
                "..",
                "Sluice.Server",
                "bin",
                configuration,
                framework,
                Name
            )
        );
    }

    [LibraryImport(
        "libc",
        EntryPoint = "execv",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int Execute(string path, string?[] arguments);
}
