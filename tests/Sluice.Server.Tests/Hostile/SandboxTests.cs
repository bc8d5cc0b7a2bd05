namespace Sluice.Server.Tests.Hostile;

/// <summary>What a node sees of the machine, through the real server, in each tier that works here.</summary>
public sealed class SandboxTests(Houses houses)
{
    private static readonly Dictionary<string, string> Nodes = new()
    {
        // Opened, never written to: a test that succeeds in breaking out must not break the machine.
        ["Kernel"] = """
            import os
            found = []
            for top in ('/proc/sys', '/sys', '/dev', '/etc', '/usr', '/app', '/run', '/var', '/root', '/home'):
                for folder, folders, files in os.walk(top):
                    for name in files:
                        path = os.path.join(folder, name)
                        try:
                            if os.path.islink(path) or path in ('/dev/null', '/dev/full', '/dev/tty'):
                                continue
                            if path.startswith(('/dev/shm/', '/dev/pts/')) or path in ('/dev/random', '/dev/urandom', '/dev/zero', '/dev/ptmx'):
                                continue
                            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                            found.append(path)
                        except OSError:
                            pass
            for path in ('/proc/sysrq-trigger', '/proc/self/oom_score_adj', '/proc/kcore', '/proc/kmsg', '/proc/1/mem'):
                try:
                    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                    found.append(path)
                except OSError:
                    pass
            return Note(text=' '.join(found[:20]), number=len(found))
            """,
        ["Others"] = """
            import os
            found = []
            me = os.getpid()
            for pid in [each for each in range(1, me + 200) if each != me]:
                if not os.path.exists(f'/proc/{pid}'):
                    continue
                for what in ('environ', 'mem', 'fd/0', 'fd/3', 'root/etc/shadow', 'maps'):
                    try:
                        with open(f'/proc/{pid}/{what}', 'rb') as f:
                            if what == 'mem' or f.read(1):
                                found.append(f'{pid}/{what}')
                    except OSError:
                        pass
                try:
                    with open(f'/proc/{pid}/environ', 'rb') as f:
                        if b'SLUICE' in f.read():
                            found.append(f'the environment of {pid}')
                except OSError:
                    pass
            return Note(text=' '.join(found[:20]), number=len(found))
            """,
    };

    [Theory]
    [InlineData("bubblewrap")]
    [InlineData("process")]
    public async Task A_node_can_neither_write_to_the_machine_nor_look_into_another_process(
        string tier
    )
    {
        await using var house = await TestHouse.Open(args: ["--isolation", tier]);
        Assert.SkipUnless(await Works(house, tier), $"The tier {tier} does not work here.");
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, Nodes);
        Assert.Equal("", await Found(tenant, "Kernel"));
        Assert.Equal("", await Found(tenant, "Others"));
    }

    [Fact]
    public async Task What_a_node_left_behind_ends_with_its_process_and_is_no_other_tenants()
    {
        var house = await houses.Sqlite;
        var nodes = new Dictionary<string, string>
        {
            ["Keep"] =
                "import gen.messages_pb2 as m\nvalue, ok = ax.secrets.get('KEPT')\nopen('/tmp/kept', 'w').write(value)\nopen('/dev/shm/kept', 'w').write(value)\nm.kept = value\nreturn input",
            ["Look"] =
                "import os, gen.messages_pb2 as m\nfound = [p for p in ('/tmp/kept', '/dev/shm/kept') if os.path.exists(p)]\nif hasattr(m, 'kept'):\n    found.append('memory')\nreturn Note(text=' '.join(found))",
            ["Die"] = "import os\nos._exit(3)",
        };
        var (tenant, other) = (await house.NewTenant(), await house.NewTenant());
        await Workshop.Push(tenant, nodes);
        await Workshop.Push(other, nodes);
        await tenant.Put("/api/v1/secrets/KEPT", """{"value":"left behind"}""");
        Assert.Equal("", await Found(tenant, "Keep"));

        // A warm worker is the tenant's own: what its code keeps, its code finds again.
        Assert.Equal("/tmp/kept /dev/shm/kept memory", await Found(tenant, "Look"));
        Assert.Equal("", await Found(other, "Look"));
        await Workshop.Invoke(tenant, await Workshop.Chain(tenant, "die", "Die"));
        Assert.Equal("", await Found(tenant, "Look"));
    }

    private static async Task<bool> Works(TestHouse house, string tier)
    {
        using var answer = await house.Client.GetAsync("/health");
        return (await TestHouse.Json(answer))
                .GetProperty("isolation")
                .GetProperty("tier")
                .GetString() == tier;
    }

    private static async Task<string> Found(TestTenant tenant, string node)
    {
        var graph = await Workshop.Chain(tenant, node.ToLowerInvariant(), node);
        var answer = await Workshop.Invoke(tenant, graph);
        Assert.True(
            answer.TryGetProperty("output", out var output),
            $"{node} failed: {answer.GetRawText()}"
        );
        return output.TryGetProperty("text", out var text) ? text.GetString()! : "";
    }
}
