namespace Sluice.Runner.Tests.Workers;

public sealed class CallTests
{
    [Fact]
    public async Task A_node_answers_and_its_worker_stays_warm()
    {
        await using var house = await House.Open();
        var package = House.Python("def echo(ax, input): return Text(input.text + '!')", "echo");

        var first = await house.Call(package, "echo", "hello");
        var second = await house.Call(package, "echo", "again");

        Assert.Equal("hello!", House.Text(first));
        Assert.True(first.Cold);
        Assert.Equal("again!", House.Text(second));
        Assert.False(second.Cold);
        Assert.Equal(1, house.Runner.Stats.Started);
    }

    [Fact]
    public async Task A_secret_is_found_by_name_and_a_missing_one_is_not_found_never_an_exception()
    {
        await using var house = await House.Open();
        var package = House.Python(
            "def read(ax, input): return Text(repr(ax.secrets.get(input.text)))",
            "read"
        );
        var secrets = House.Secret("SIGNATURE", "Lovelace ♥");

        Assert.Equal(
            "('Lovelace ♥', True)",
            House.Text(await house.Call(package, "read", "SIGNATURE", secrets: secrets))
        );
        Assert.Equal(
            "('', False)",
            House.Text(await house.Call(package, "read", "OTHER", secrets: secrets))
        );
        Assert.Equal("('', False)", House.Text(await house.Call(package, "read", "SIGNATURE")));
    }
}
