using System.Collections.Concurrent;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Runner.Tests.Builds;

public sealed class BuildTests
{
    private const string Echo = """
        from gen.messages_pb2 import Text
        def echo(ax, input):
            return Text(input.text)
        """;

    private const string GoodTest = """
        from gen.messages_pb2 import Text
        from nodes.echo import echo

        def test_echo_gives_back_what_it_got():
            assert echo(None, Text("a")).text == "a"
        """;

    private readonly ConcurrentQueue<string> _log = new();

    [Fact]
    public async Task A_built_package_can_be_called_and_its_tests_have_run()
    {
        await using var house = await House.Open();

        var outcome = await Build(house, ("nodes/echo.py", Echo), ("nodes/echo_test.py", GoodTest));

        Assert.True(outcome.Ok, outcome.Failure + string.Join('\n', _log));
        Assert.Contains(
            _log,
            line => line.Contains("test_echo_gives_back_what_it_got", StringComparison.Ordinal)
        );
        Assert.Contains("compiling", _log);
        var package = Spec(outcome);
        Assert.Equal("hello", House.Text(await house.Call(package, "echo", "hello")));
    }

    [Fact]
    public async Task The_same_files_always_make_the_same_archive()
    {
        await using var house = await House.Open();
        await using var other = await House.Open();

        var first = await Build(house, ("nodes/echo.py", Echo));
        var second = await Build(other, ("nodes/echo.py", Echo));

        Assert.True(first.Ok, first.Failure);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.Archive, second.Archive);
    }

    [Fact]
    public async Task A_package_built_elsewhere_is_fetched_once_and_unpacked_read_only()
    {
        await using var builder = await House.Open();
        await using var house = await House.Open();
        var outcome = await Build(builder, ("nodes/echo.py", Echo));
        var opened = 0;
        var package = Spec(outcome) with
        {
            OpenArchive = _ =>
            {
                Interlocked.Increment(ref opened);
                return Task.FromResult<Stream>(new MemoryStream(outcome.Archive));
            },
        };

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(i => house.Call(House.A_call(package, "echo", "x", tenant: $"t{i}")))
        );

        Assert.All(outcomes, each => Assert.Equal("x", House.Text(each)));
        Assert.Equal(1, opened);
        var folder = Path.Combine(house.Folder, "packages", outcome.Digest);
        Assert.All(
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories),
            file => Assert.False(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserWrite))
        );
    }

    [Fact]
    public async Task A_failing_test_fails_the_build_and_its_output_says_why()
    {
        await using var house = await House.Open();
        var bad = GoodTest.Replace("== \"a\"", "== \"b\", 'it is not b'", StringComparison.Ordinal);

        var outcome = await Build(house, ("nodes/echo.py", Echo), ("nodes/echo_test.py", bad));

        Assert.False(outcome.Ok);
        Assert.Equal("The package's tests failed.", outcome.Failure);
        Assert.Contains(_log, line => line.Contains("it is not b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_syntax_error_fails_the_build_with_its_place()
    {
        await using var house = await House.Open();

        var outcome = await Build(house, ("nodes/echo.py", "def echo(:\n"));

        Assert.Equal("The package could not be compiled.", outcome.Failure);
        Assert.Contains(_log, line => line.Contains("line 1", StringComparison.Ordinal));
    }

    private Task<BuildOutcome> Build(House house, params (string Path, string Content)[] files)
    {
        const string table = "\"echo\": (\"nodes.echo\", \"echo\", \"Text\", \"Text\", \"unary\")";
        return house.Runner.Build(
            new BuildRequest
            {
                TenantId = "acme",
                Files = files
                    .Concat(House.GeneratedFor(table))
                    .ToDictionary(file => file.Path, file => Encoding.UTF8.GetBytes(file.Content)),
                Manifest = new Manifest
                {
                    Name = "acme/echo",
                    Version = "1.0.0",
                    Language = "python",
                },
                Schema = SchemaCompiler
                    .Compile(
                        new Dictionary<string, string>
                        {
                            ["messages/messages.proto"] =
                                "syntax = \"proto3\"; package acme.echo; message Text { string text = 1; }",
                        }
                    )
                    .Value!,
                Log = _log.Enqueue,
            },
            TestContext.Current.CancellationToken
        );
    }

    private static WorkerSpec Spec(BuildOutcome outcome) =>
        new()
        {
            Digest = outcome.Digest,
            Language = "python",
            OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(outcome.Archive)),
        };
}
