using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Cli.Tests;

/// <summary><c>sluice serve</c> as a program of its own, as it is started by a person or a service.</summary>
public sealed class ServeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_taken_port_is_told_in_one_line_and_nothing_was_begun()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var data = Directory.CreateTempSubdirectory("sluice-cli-tests-").FullName;
        var url = $"http://{other.LocalEndpoint}";
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "sluice.dll"),
                "serve",
                "--data",
                data,
                "--urls",
                url,
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SLUICE_SERVER_PROGRAM"] = ServerProcess.Program },
        };
        using var server = Process.Start(start)!;
        try
        {
            var (said, complained) = (
                server.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
                server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
            );
            await Task.WhenAll(said, complained).WaitAsync(s_patience);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(
                $"Cannot listen on {url}: address already in use. End what listens there, or name another address: --urls http://127.0.0.1:PORT.\n",
                await complained
            );
            // No log line and no admin key, which is shown once; and the store was not made or migrated.
            Assert.Equal("", await said);
            Assert.Equal(3, server.ExitCode);
            Assert.False(File.Exists(Path.Combine(data, "sluice.db")));
        }
        finally
        {
            if (!server.HasExited)
                server.Kill(entireProcessTree: true);
        }
        Directory.Delete(data, recursive: true);
    }
}
