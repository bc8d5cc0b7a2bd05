using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Nodes that misbehave, through the real server, while another tenant goes on calling.</summary>
public abstract class NodeTests
{
    private readonly List<string> _wrong = [];

    private protected abstract Task<TestHouse> Open();

    /// <summary>Body of the handler, and the kinds of end that are right: empty for success.</summary>
    // csharpier-ignore-start
    private static readonly (string Name, string Body, string[] Kinds)[] Nodes =
    [
        ("Gigabyte", "import sys\nfor _ in range(1024):\n    sys.stdout.write('x' * (1 << 20))\n    sys.stdout.write(chr(10))\nreturn input", [""]),
        ("OneLine", "import sys\nfor _ in range(64):\n    sys.stderr.write('x' * (1 << 20))\nreturn input", [""]),
        ("LogFlood", "for i in range(20000):\n    ax.log.info('line ' + str(i) * 50)\nreturn input", ["", "NODE_PROTOCOL"]),
        ("Fork", "import os\nfor _ in range(1000):\n    os.fork()\nreturn input", ["NODE_ERROR"]),
        ("Spawn", "import subprocess\nsubprocess.run(['/bin/sh', '-c', 'true'])\nreturn input", ["NODE_ERROR"]),
        ("Eat", "x = bytearray(4 << 30)\nreturn input", ["NODE_ERROR", "NODE_MEMORY", "NODE_CRASHED"]),
        ("EatSlowly", "x = []\nwhile True:\n    x.append(bytearray(16 << 20))", ["NODE_ERROR", "NODE_MEMORY", "NODE_CRASHED"]),
        ("Spin", "while True:\n    pass", ["NODE_TIMEOUT"]),
        ("Sleep", "import time\ntime.sleep(600)\nreturn input", ["NODE_TIMEOUT"]),
        ("Deaf", "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException:\n        pass", ["NODE_TIMEOUT", "NODE_ERROR"]),
        ("WriteOut", "for path in ('/usr/x', '/app/x', '/etc/x', '/x', '/proc/sys/kernel/hostname', '/dev/x'):\n    try:\n        open(path, 'w').write('x')\n        return type(input)(text='wrote ' + path)\n    except OSError:\n        pass\nraise OSError('nowhere to write')", ["NODE_ERROR"]),
        ("FillTmp", "with open('/tmp/x', 'wb') as f:\n    while True:\n        f.write(bytes(1 << 20))", ["NODE_ERROR", "NODE_CRASHED", "NODE_MEMORY"]),
        ("Lie", "return 'not a note'", ["NODE_ERROR"]),
        ("Nothing", "return None", ["NODE_ERROR"]),
        ("WrongField", "return Note(number='many')", ["NODE_ERROR"]),
        ("Huge", "return Note(text='x' * (20 << 20))", ["NODE_ERROR", "NODE_PROTOCOL"]),
        ("HalfText", "return Note(text=chr(0xd800))", ["NODE_ERROR"]),
        ("Noise", "import sys\nax.log.info('\\x00\\x1b[31m\\x07' + chr(0xd800), field=chr(0) + chr(0xdfff))\nsys.stdout.buffer.write(b'\\xff\\xfe\\x00\\n') if hasattr(sys.stdout, 'buffer') else None\nprint('\\x00\\x1b]0;title\\x07')\nreturn input", ["", "NODE_ERROR"]),
        ("Peek", "names = ['THEIRS', 'theirs', '../THEIRS', '', 'x' * 70000, '\\x00', '*', '%', \"' OR 1=1\"]\nfor name in names:\n    try:\n        value, ok = ax.secrets.get(name)\n    except Exception:\n        continue\n    if ok:\n        return Note(text='read ' + name)\nreturn Note(text='nothing')", ["", "NODE_PROTOCOL"]),
        ("Threads", "import threading, time\nfor _ in range(2000):\n    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\nreturn input", ["", "NODE_ERROR", "NODE_CRASHED"]),
        ("BigError", "raise ValueError('\\x00\\x1b' + 'x' * (8 << 20) + chr(0xd800))", ["NODE_ERROR", "NODE_MEMORY"]),
        ("Deep", "import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return f(n + 1) + 1\nf(0)\nreturn input", ["NODE_ERROR", "NODE_CRASHED", "NODE_MEMORY", "NODE_TIMEOUT"]),
        ("Kill", "import os, signal\nfor pid in (1, os.getppid(), -1):\n    try:\n        os.kill(pid, signal.SIGKILL)\n    except OSError:\n        pass\nreturn input", ["", "NODE_CRASHED", "NODE_ERROR"]),
        ("Garble", "import os\nos.write(4, b'\\xff' * 4096)\nreturn input", ["NODE_PROTOCOL", "NODE_CRASHED"]),
        ("HangUp", "import os\nos.close(3)\nos.close(4)\nreturn input", ["NODE_CRASHED", "NODE_PROTOCOL", "NODE_ERROR"]),
        ("Exit", "import os\nos._exit(0)", ["NODE_CRASHED"]),
        ("SysExit", "raise SystemExit(0)", ["NODE_ERROR", "NODE_CRASHED"]),
        ("Network", "import socket\nsocket.create_connection(('127.0.0.1', 80), 1)\nreturn input", ["NODE_ERROR"]),
        ("Environment", "import os\nreturn Note(text=' '.join(sorted(os.environ)))", [""]),
    ];
    // csharpier-ignore-end

    [Fact]
    public async Task A_node_that_misbehaves_fails_alone()
    {
        var house = await Open();
        var (bad, good) = (await house.NewTenant(), await house.NewTenant());
        await Workshop.Push(good, new Dictionary<string, string> { ["Echo"] = "return input" });
        await good.Put("/api/v1/secrets/THEIRS", """{"value":"a neighbour's secret"}""");
        var echo = await Workshop.Chain(good, "echo", "Echo");
        await Workshop.Push(bad, Nodes.ToDictionary(node => node.Name, node => node.Body));
        using var done = new CancellationTokenSource();
        var neighbour = GoOnCalling(good, echo, done.Token);

        foreach (var (name, _, kinds) in Nodes)
            await Try(bad, name, kinds);

        await done.CancelAsync();
        var (calls, failures, slowest) = await neighbour;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{calls} calls of the neighbour, the slowest {slowest.TotalMilliseconds:0} ms"
        );
        Assert.True(calls > 10, $"the neighbour could call {calls} times only");
        _wrong.AddRange(failures.Select(failure => $"the neighbour's call failed: {failure}"));
        if (_wrong.Count > 0)
            Assert.Fail(string.Join('\n', _wrong));
    }

    [Fact]
    public async Task A_tenant_that_floods_the_runner_does_not_stop_another()
    {
        var house = await Open();
        var (bad, good) = (await house.NewTenant(), await house.NewTenant());
        await Workshop.Push(good, new Dictionary<string, string> { ["Echo"] = "return input" });
        await Workshop.Push(
            bad,
            new Dictionary<string, string>
            {
                ["Sleep"] = "import time\ntime.sleep(30)\nreturn input",
            }
        );
        var (echo, sleep) = (
            await Workshop.Chain(good, "echo", "Echo"),
            await Workshop.Chain(bad, "sleep", "Sleep")
        );
        await bad.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{bad.Handle}}/sleep","node_timeout_seconds":3}"""
        );
        var flood = await Task.WhenAll(
            Enumerable
                .Range(0, 150)
                .Select(_ => Workshop.Invoke(bad, sleep, "{}", ""","wait":false"""))
        );
        Assert.All(flood, answer => Assert.True(answer.TryGetProperty("execution_id", out _)));
        for (var i = 0; i < 20; i++)
        {
            var watch = Stopwatch.StartNew();
            var answer = await Workshop.Invoke(good, echo);
            Assert.Equal("succeeded", answer.GetProperty("status").GetString());
            // Behind the flood it would take its turn after some 30 s.
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"a call took {watch.Elapsed}");
        }
        foreach (var run in flood)
        {
            using var cancelled = await bad.Post(
                $"/api/v1/runs/{run.GetProperty("execution_id").GetString()}/cancel"
            );
            Assert.True((int)cancelled.StatusCode is 200 or 409);
        }
    }

    private async Task Try(TestTenant tenant, string name, string[] kinds)
    {
        var flow = name.ToLowerInvariant();
        var graph = await Workshop.Chain(tenant, flow, name);
        var seconds = kinds.Contains("NODE_TIMEOUT") ? 1 : 90;
        await tenant.Put(
            "/api/v1/configs",
            $$"""{"flow":"{{tenant.Handle}}/{{flow}}","node_timeout_seconds":{{seconds}}}"""
        );
        var watch = Stopwatch.StartNew();
        var answer = await Workshop.Invoke(tenant, graph);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{name}: {Answers.Clip(answer.ToString())} in {watch.ElapsedMilliseconds} ms"
        );
        if (Fault(answer, name, kinds) is { } fault)
            _wrong.Add($"{name}: {fault}: {Answers.Clip(answer.ToString())}");
        if (!answer.TryGetProperty("execution_id", out var id))
            return;
        foreach (var path in (string[])["", "/logs"])
        {
            using var record = await tenant.Get($"/api/v1/runs/{id.GetString()}{path}");
            var text = await record.Content.ReadAsStringAsync();
            if (!record.IsSuccessStatusCode)
                _wrong.Add($"{name}: the record{path} is {(int)record.StatusCode}");
            else if (text.Length > 4 << 20)
                _wrong.Add($"{name}: the record{path} has {text.Length} characters");
            else if (text.Any(letter => letter < ' ' || letter == '\u007f'))
                _wrong.Add($"{name}: the record{path} holds a raw control character");
        }
    }

    private static string? Fault(JsonElement answer, string name, string[] kinds)
    {
        if (!answer.TryGetProperty("status", out var status))
            return "no status";
        if (status.ToString() == "succeeded")
        {
            if (!kinds.Contains(""))
                return "it succeeded";
            var text = answer.GetProperty("output").TryGetProperty("text", out var found)
                ? found.GetString()!
                : "";
            return name switch
            {
                "Peek" => text == "nothing" ? null : "it read a neighbour's secret",
                "Environment" => text.Contains("SLUICE", StringComparison.OrdinalIgnoreCase)
                || text.Contains("POSTGRES", StringComparison.Ordinal)
                    ? "the server's environment shows"
                    : null,
                _ => null,
            };
        }
        if (!answer.TryGetProperty("error", out var error) || status.ToString() != "failed")
            return "neither succeeded nor failed";
        if (!kinds.Contains(error.GetProperty("kind").GetString()))
            return $"the kind is {error.GetProperty("kind")}";
        if (error.GetProperty("node").GetString() != "s1")
            return "the placement is not named";
        return error.GetProperty("message").GetString() is { Length: > 5 and < 20_000 }
            ? null
            : "no reason, or one without end";
    }

    private static async Task<(int Calls, List<string> Failures, TimeSpan Slowest)> GoOnCalling(
        TestTenant tenant,
        string graph,
        CancellationToken stop
    )
    {
        var (calls, failures, slowest) = (0, new List<string>(), TimeSpan.Zero);
        while (!stop.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            var answer = await Workshop.Invoke(tenant, graph, """{"text":"still here"}""");
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            calls++;
            if (
                !answer.TryGetProperty("output", out var output)
                || output.GetProperty("text").GetString() != "still here"
            )
                failures.Add(Answers.Clip(answer.ToString()));
        }
        return (calls, failures, slowest);
    }
}

public sealed class NodeTestsOnSqlite(Houses houses) : NodeTests
{
    private protected override Task<TestHouse> Open() => houses.Sqlite;
}

public sealed class NodeTestsOnPostgres(Houses houses) : NodeTests
{
    private protected override Task<TestHouse> Open() => houses.Postgres;
}
