using System.Diagnostics;
using System.Globalization;

namespace Sluice.Soak.Tests;

/// <summary>A machine that lets its server down otherwise than by killing it.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Runs_end_once_on_a_disk_that_is_full_for_a_while_and_on_a_server_killed_then()
    {
        var disk = Directory.CreateTempSubdirectory("sluice-disk-").FullName;
        Assert.SkipUnless(
            await Run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk),
            "A small disk cannot be mounted here."
        );
        try
        {
            await Soak(
                disk,
                async (world, server) =>
                {
                    var filler = Path.Combine(disk, "filler");
                    for (var round = 0; round < 3; round++)
                    {
                        await Answers(world, 30);
                        Fill(filler);
                        await Refusals(world, 20);
                        if (round > 0)
                            await Restart(world, server, () => File.Delete(filler));
                        File.Delete(filler);
                    }
                    await Answers(world, 30);
                }
            );
        }
        finally
        {
            await Run("umount", disk);
            Directory.Delete(disk);
        }
    }

    [Fact]
    public async Task Runs_end_once_on_a_server_whose_clock_is_set_back_and_forth_by_hours() =>
        await Soak(
            null,
            async (world, server) =>
            {
                // Within a day, for which an Idempotency-Key stands.
                foreach (var hours in (double[])[-3, -12, 2, -0.5])
                {
                    await Answers(world, 25);
                    await Restart(
                        world,
                        server,
                        null,
                        "--soak-clock",
                        (hours * 3600).ToString(CultureInfo.InvariantCulture)
                    );
                }
                await Answers(world, 25);
            }
        );

    private static async Task Soak(string? data, Func<SoakWorld, SoakServer, Task> trouble)
    {
        var options = new SoakOptions { Seed = Verb.Seed(), Kills = 0 };
        await using var world = await SoakWorld.Open(options, data);
        var server = world.Servers[0];
        var book = new SoakBook();
        using var enough = new CancellationTokenSource();
        var callers = Enumerable
            .Range(0, 4)
            .Select(number =>
                new SoakCaller(world, book, number, options.Seed + number).Call(enough.Token)
            )
            .ToList();
        await trouble(world, server);
        await enough.CancelAsync();
        await Task.WhenAll(callers);
        // What is left is finished by a server on a disk with room and with the right time.
        await Restart(world, server, null);
        var record = await SoakRun.Finish(world, book);
        string[] broken = [.. world.Outcries, .. book.Wrong, .. Audit.Check(record)];
        Assert.True(broken.Length == 0, $"seed {options.Seed}: {string.Join('\n', broken)}");
        Assert.True(record.Runs.Count > 50, $"{record.Runs.Count} runs");
        Directory.Delete(world.Folder, recursive: true);
    }

    /// <summary>Kills the server and starts the next one.</summary>
    private static async Task Restart(
        SoakWorld world,
        SoakServer server,
        Action? between,
        params string[] more
    )
    {
        await server.Process!.Kill();
        await world.Bury(server);
        between?.Invoke();
        world.Start(server, fuse: null, more);
        await server.Process.Listens;
    }

    private static async Task Answers(SoakWorld world, int count)
    {
        var enough = world.Answers + count;
        await Until(() => world.Answers >= enough);
    }

    private static async Task Refusals(SoakWorld world, int count)
    {
        var enough = world.Refusals + count;
        await Until(() => world.Refusals >= enough);
    }

    private static async Task Until(Func<bool> there)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!there())
            await Task.Delay(5, patience.Token);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        foreach (var size in (int[])[1 << 20, 4096, 1])
        {
            var piece = new byte[size];
            try
            {
                while (true)
                    file.Write(piece);
            }
            catch (IOException)
            {
                // Full, to a piece of this size.
            }
        }
    }

    private static async Task<bool> Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                }
            )!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
