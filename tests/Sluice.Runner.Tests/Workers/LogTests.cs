namespace Sluice.Runner.Tests.Workers;

public sealed class LogTests
{
    [Fact]
    public async Task What_a_node_logs_and_prints_belongs_to_its_call_with_level_and_fields()
    {
        await using var house = await House.Open();
        var package = House.Python(
            """
            import os, sys
            def talk(ax, input):
                ax.log.warn('long', length=81, who='Ada')
                ax.log.debug('fine')
                print('printed ' + input.text)
                sys.stderr.write('complained')
                return Text('')
            def quiet(ax, input):
                return Text('')
            """,
            "talk",
            "quiet"
        );
        for (var i = 0; i < 20; i++)
        {
            var outcome = await house.Call(package, "talk", $"{i}");
            var logged = outcome.Logs.Where(line => line.Level is "warn" or "debug").ToList();
            Assert.Equal(
                [("warn", "long"), ("debug", "fine")],
                logged.Select(line => (line.Level, line.Text))
            );
            Assert.Equal(
                new Dictionary<string, string> { ["length"] = "81", ["who"] = "Ada" },
                logged[0].Fields
            );
            Assert.Equal(
                [$"printed {i}", "complained"],
                outcome.Logs.Where(line => line.Level == "info").Select(line => line.Text)
            );
            Assert.Empty((await house.Call(package, "quiet")).Logs);
        }
    }

    [Fact]
    public async Task A_line_too_long_becomes_several_and_bytes_that_are_no_text_are_marked()
    {
        await using var house = await House.Open();
        var package = House.Python(
            "import os\ndef talk(ax, input):\n    os.write(1, b'x' * 40000 + b'\\n' + b'\\xff\\n')\n    ax.log.info('y' * 40000)\n    return Text('')",
            "talk"
        );
        var outcome = await house.Call(package, "talk");
        var printed = outcome
            .Logs.Where(line => line.Text[0] != 'y')
            .Select(line => line.Text)
            .ToList();
        Assert.Equal([16384, 16384, 7232, 1], printed.Select(text => text.Length));
        Assert.Equal("\uFFFD", printed[3]);
        Assert.InRange(outcome.Logs.Single(line => line.Text[0] == 'y').Text.Length, 16000, 16384);
    }

    [Fact]
    public async Task A_node_reads_its_ids_and_parameters()
    {
        await using var house = await House.Open();
        var package = House.Python(
            "def tell(ax, input): return Text(repr((ax.execution_id, ax.flow_id, ax.tenant_id, ax.params.get('TONE'), ax.params.get('NONE'))))",
            "tell"
        );
        var call = House.A_call(
            package,
            "tell",
            parameters: new Dictionary<string, string> { ["TONE"] = "kind" }
        );
        Assert.Equal(
            "('run-1', 'flow-1', 'acme', ('kind', True), ('', False))",
            House.Text(await house.Call(call))
        );
    }
}
