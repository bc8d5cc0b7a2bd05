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
            return Text(text=input.text)
        """;

    private const string GoodTest = """
        from gen.messages_pb2 import Text
        from nodes.echo import echo

        def test_echo_gives_back_what_it_got():
            assert echo(None, Text(text="a")).text == "a"
        """;

    private readonly ConcurrentQueue<string> _log = new();
    private string[] _system = [];

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
        Assert.Equal("hello", House.Text(await house.Call(package, "Echo", "hello")));
    }

    [Fact]
    public async Task A_build_says_why_it_cannot_have_what_a_package_asks_for()
    {
        await using var house = await House.Open(options =>
            options with
            {
                Restore = new()
                {
                    Sources = new Dictionary<string, Sluice.Runner.Restores.SourceOptions>
                    {
                        ["pypi"] = new() { Address = "off" },
                    },
                },
            }
        );

        var off = await Build(
            house,
            ("nodes/echo.py", Echo),
            ("requirements.txt", "requests==2.32.0\n")
        );
        Assert.Equal(
            "The operator of this server has switched off packages of the kind pypi (Packages:Sources:PyPi).",
            off.Failure
        );

        // What the system has is looked up and never installed.
        _system = ["libc6", "no-such-package", "another-one"];
        var missing = await Build(house, ("nodes/echo.py", Echo));
        Assert.Equal(
            "`build.system_deps` asks for no-such-package, another-one, which this server does not have. Its operator installs it on every server that runs nodes: apt-get install no-such-package another-one",
            missing.Failure
        );
        _system = ["libc6"];
        Assert.True((await Build(house, ("nodes/echo.py", Echo))).Ok);
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
                .Select(i => house.Call(House.A_call(package, "Echo", "x", tenant: $"t{i}")))
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

    [Fact]
    public async Task A_build_has_no_network_and_its_daemons_die_with_it()
    {
        await using var house = await House.Open();
        const string marker = "sluice-test-daemon-4711";
        var test = $"""
            import socket, subprocess, unittest
            class Tries(unittest.TestCase):
                def test_network(self):
                    self.assertRaises(PermissionError, socket.socket)
                def test_daemon(self):
                    subprocess.Popen(["/bin/sh", "-c", "sleep 600 # {marker}"], start_new_session=True)
            """;

        var outcome = await Build(house, ("nodes/echo.py", Echo), ("nodes/echo_test.py", test));

        Assert.True(outcome.Ok, outcome.Failure + string.Join('\n', _log));
        Assert.DoesNotContain(
            Directory
                .EnumerateDirectories("/proc")
                .Where(path => int.TryParse(Path.GetFileName(path), out _))
                .Select(CommandLine),
            line => line.Contains(marker, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(
        "import time\ntime.sleep(600)\n",
        "The build was still running after 0.1 minutes and was ended."
    )]
    [InlineData(
        "while True: print('x' * 1000)\n",
        "The build was still running after 0.1 minutes and was ended."
    )]
    [InlineData(
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
        "The package's tests failed."
    )]
    public async Task A_build_that_does_not_behave_is_ended_and_says_why(
        string test,
        string failure
    )
    {
        await using var house = await House.Open(options =>
            options with
            {
                BuildDeadline = failure.Contains("0.1 minutes", StringComparison.Ordinal)
                    ? TimeSpan.FromSeconds(4)
                    : TimeSpan.FromMinutes(5),
            }
        );
        var outcome = await Build(house, ("nodes/echo.py", Echo), ("nodes/echo_test.py", test));
        Assert.Equal(failure, outcome.Failure);
        Assert.InRange(_log.Sum(line => line.Length), 0, 5 << 20);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(house.Folder, "scratch")));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Task<BuildOutcome> Build(House house, params (string Path, string Content)[] files)
    {
        return house.Runner.Build(
            new BuildRequest
            {
                TenantId = "acme",
                Files = files.ToDictionary(
                    file => file.Path,
                    file => Encoding.UTF8.GetBytes(file.Content)
                ),
                Manifest = new Manifest
                {
                    Name = "acme/echo",
                    Version = "1.0.0",
                    Language = "python",
                    Build = new ManifestBuild { SystemDeps = _system },
                    Nodes =
                    [
                        new ManifestNode
                        {
                            Name = "Echo",
                            Input = "Text",
                            Output = "Text",
                        },
                    ],
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
