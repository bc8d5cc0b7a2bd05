using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Bench;

/// <summary>A PostgreSQL of the bench's own, from Debian's programs, fsync on, on a free port of the loopback.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly string _programs;
    private readonly string _folder;
    private readonly int _port;

    /// <summary>What fits into min_wal_size, 16 MiB each.</summary>
    private const int UsedSegments = 60;

    private Postgres(string programs, string folder, int port) =>
        (_programs, _folder, _port) = (programs, folder, port);

    public static async Task<Postgres> Start()
    {
        var programs =
            Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderDescending(StringComparer.Ordinal)
                .First() + "/bin";
        var folder = Directory.CreateTempSubdirectory("sluice-bench-pg-").FullName;
        if (Environment.UserName == "root")
            await Run("chown", "postgres", folder);
        var postgres = new Postgres(programs, folder, FreePort());
        await postgres.AsOwner(
            "initdb",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-D",
            $"{folder}/data"
        );
        await postgres.AsOwner(
            "pg_ctl",
            "-D",
            $"{folder}/data",
            "-w",
            "-l",
            $"{folder}/log",
            "-o",
            $"-c listen_addresses=127.0.0.1 -c port={postgres._port} -c unix_socket_directories='' -c fsync=on -c max_connections=300 -c min_wal_size=1GB",
            "start"
        );
        await postgres.Age();
        return postgres;
    }

    /// <summary>
    /// As a server is that has been in use: its log goes into segments that it has written before. A new one fills each of
    /// them with zeros first, 16 MiB while everybody who writes waits.
    /// </summary>
    private async Task Age()
    {
        await using var source = NpgsqlDataSource.Create(Address("postgres"));
        for (var i = 0; i < UsedSegments; i++)
        {
            await using var next = source.CreateCommand(
                "SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()"
            );
            await next.ExecuteNonQueryAsync();
        }
        await using var recycle = source.CreateCommand("CHECKPOINT");
        await recycle.ExecuteNonQueryAsync();
    }

    /// <summary>The process whose children serve its connections.</summary>
    public int Pid => int.Parse(File.ReadLines($"{_folder}/data/postmaster.pid").First());

    /// <summary>An empty database, as Npgsql wants it named.</summary>
    public async Task<string> NewDatabase(string name)
    {
        await using var source = NpgsqlDataSource.Create(Address("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return Address(name);
    }

    /// <summary>An empty database, as a URL.</summary>
    public async Task<string> NewDatabaseUrl(string name)
    {
        await NewDatabase(name);
        return $"postgres://postgres@127.0.0.1:{_port}/{name}";
    }

    public async ValueTask DisposeAsync()
    {
        await AsOwner("pg_ctl", "-D", $"{_folder}/data", "-m", "fast", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Address(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database}";

    // PostgreSQL refuses to run as root.
    private Task AsOwner(string program, params string[] args) =>
        Environment.UserName == "root"
            ? Run(
                "setpriv",
                [
                    "--reuid=postgres",
                    "--regid=postgres",
                    "--init-groups",
                    "--",
                    $"{_programs}/{program}",
                    .. args,
                ]
            )
            : Run($"{_programs}/{program}", args);

    private static async Task Run(string program, params string[] args)
    {
        // Output goes nowhere: the server inherits these, and would keep a pipe open for ever.
        using var process = Process.Start(
            new ProcessStartInfo(
                "/bin/sh",
                ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", program, .. args]
            )
            {
                WorkingDirectory = "/",
            }
        )!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{Path.GetFileName(program)} failed with {process.ExitCode}"
            );
    }
}
