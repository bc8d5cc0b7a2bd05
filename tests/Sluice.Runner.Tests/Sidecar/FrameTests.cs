using System.Diagnostics;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Tests.Sidecar;

public sealed class FrameTests
{
    private static readonly JsonObject s_vectors = JsonNode
        .Parse(File.ReadAllText(Repository.File("spec/vectors/frames/frames.json")))!
        .AsObject();

    public static TheoryData<string> Frames =>
        [.. s_vectors["frames"]!.AsArray().Select(frame => (string)frame!["name"]!)];

    public static TheoryData<string> BadFrames =>
        [.. s_vectors["bad"]!.AsArray().Select(frame => (string)frame!["name"]!)];

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_golden_frame_is_written_and_read_byte_for_byte(string name)
    {
        var frame = Vector("frames", name);
        var whole = Convert.FromHexString((string)frame["hex"]!);
        var meaning = frame["meaning"]!.AsObject();
        var call = (uint)frame["call"]!;
        var kind = (FrameKind)(byte)frame["kind"]!;
        switch (kind)
        {
            case FrameKind.Invoke:
                var writer = new WireWriter();
                Messages.WriteInvoke(writer, call, ReadCall(meaning));
                Assert.Equal(whole, writer.Written.ToArray());
                break;
            case < FrameKind.Hello:
                var head = new byte[FrameHead.Size];
                new FrameHead(whole.Length - FrameHead.Size, kind, call).Write(head);
                Assert.Equal(whole[..FrameHead.Size], head);
                break;
            default:
                CheckFromWorker(kind, call, whole, meaning);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public void A_frame_that_no_worker_may_send_is_refused_with_what_is_wrong(string name)
    {
        var frame = Vector("bad", name);
        var wrong = new FrameReader().Feed(
            Convert.FromHexString((string)frame["hex"]!),
            (_, _) => throw new InvalidOperationException("It was taken.")
        );
        Assert.Equal((string)frame["wrong"]!, wrong);
    }

    [Fact]
    public void Frames_come_out_the_same_however_their_bytes_are_cut()
    {
        var whole = s_vectors["frames"]!
            .AsArray()
            .Where(frame => (int)frame!["kind"]! >= 64)
            .SelectMany(frame => Convert.FromHexString((string)frame!["hex"]!))
            .ToArray();
        var expected = Cut(whole, []);
        Assert.Equal(
            s_vectors["frames"]!.AsArray().Count(frame => (int)frame!["kind"]! >= 64),
            expected.Count
        );

        Prop.ForAll<ushort[]>(cuts => Cut(whole, cuts).SequenceEqual(expected))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Hostile_bytes_are_read_without_an_exception()
    {
        Prop.ForAll<byte[]>(bytes =>
            {
                _ = Messages.ReadHello(bytes);
                _ = Messages.ReadError(bytes);
                _ = Messages.ReadLog(bytes);
                _ = new FrameReader().Feed(bytes, (_, _) => true);
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_announced_length_costs_no_memory_before_its_bytes_are_there()
    {
        var head = new byte[FrameHead.Size + 1];
        new FrameHead(FrameHead.MaxPayload, FrameKind.Result, 1).Write(head);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(new FrameReader().Feed(head, (_, _) => true));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 18);
    }

    [Fact]
    public async Task The_python_worker_agrees_with_every_golden_frame()
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList =
            {
                "-I",
                Repository.File("tests/Sluice.Runner.Tests/Sidecar/check_worker.py"),
                Repository.File("runtimes/python"),
                Repository.File("spec/vectors/frames/frames.json"),
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var check = Process.Start(start)!;
        var said = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var complained = await check.StandardError.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(check.ExitCode == 0, complained);
        Assert.Equal(Frames.Count, said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static JsonObject Vector(string list, string name) =>
        s_vectors[list]!.AsArray().Single(frame => (string)frame!["name"]! == name)!.AsObject();

    private static NodeCall ReadCall(JsonObject meaning) =>
        House.A_call(House.Pack("python"), (string)meaning["node"]!) with
        {
            Input = Convert.FromHexString((string)meaning["input"]!),
            Timeout = TimeSpan.FromMilliseconds((long)meaning["timeout_ms"]!),
            ExecutionId = (string)meaning["execution_id"]!,
            FlowId = (string)meaning["flow_id"]!,
            TenantId = (string)meaning["tenant_id"]!,
            TraceId = (string)meaning["trace_id"]!,
            Params = Map(meaning["params"]!),
            Stream = meaning.ContainsKey("stream") ? new NodeStream() : null,
        };

    private static Dictionary<string, string> Map(JsonNode map) =>
        map.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!);

    private static void CheckFromWorker(FrameKind kind, uint call, byte[] whole, JsonObject meaning)
    {
        var read = false;
        var wrong = new FrameReader().Feed(
            whole,
            (head, payload) =>
            {
                read = true;
                Assert.Equal((kind, call), (head.Kind, head.Call));
                CheckPayload(kind, payload, meaning);
                return true;
            }
        );
        Assert.Null(wrong);
        Assert.True(read);
    }

    private static void CheckPayload(FrameKind kind, ReadOnlySpan<byte> payload, JsonObject meaning)
    {
        switch (kind)
        {
            case FrameKind.Hello:
                var hello = Messages.ReadHello(payload)!;
                Assert.Equal((int)meaning["protocol"]!, hello.Protocol);
                Assert.Equal((string)meaning["language"]!, hello.Language);
                Assert.Equal(
                    meaning["nodes"]!.AsArray().Select(node => (string)node!),
                    hello.Nodes
                );
                Assert.Equal((string)meaning["fingerprint"]!, hello.Fingerprint);
                break;
            case FrameKind.Result:
                Assert.Equal((string)meaning["output"]!, Convert.ToHexStringLower(payload));
                break;
            case FrameKind.Error:
                var error = new WorkerError(
                    (string)meaning["kind"]!,
                    (string)meaning["message"]!,
                    (string)meaning["stack"]!
                );
                Assert.Equal(error, Messages.ReadError(payload));
                break;
            case FrameKind.SecretGet:
                Assert.Equal(
                    (string)meaning["name"]!,
                    System.Text.Encoding.UTF8.GetString(payload)
                );
                break;
            case FrameKind.Log:
                var line = Messages.ReadLog(payload)!;
                Assert.Equal(
                    ((string)meaning["level"]!, (string)meaning["text"]!),
                    (line.Level, line.Text)
                );
                Assert.Equal(Map(meaning["fields"]!), line.Fields);
                break;
            case FrameKind.Output:
                Assert.Equal((string)meaning["frame"]!, Convert.ToHexStringLower(payload));
                break;
            case FrameKind.InputCredit:
                Assert.Equal(
                    (uint)meaning["bytes"]!,
                    System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(payload)
                );
                break;
            default:
                Assert.Fail($"{kind} is not a worker's.");
                break;
        }
    }

    private static List<string> Cut(byte[] whole, ushort[] cuts)
    {
        List<string> frames = [];
        var reader = new FrameReader();
        var from = 0;
        foreach (var cut in cuts.Select(cut => cut % whole.Length).Order().Append(whole.Length))
        {
            Assert.Null(
                reader.Feed(
                    whole.AsSpan(from, cut - from),
                    (head, payload) =>
                    {
                        frames.Add($"{head.Kind} {head.Call} {Convert.ToHexString(payload)}");
                        return true;
                    }
                )
            );
            from = cut;
        }
        return frames;
    }
}
