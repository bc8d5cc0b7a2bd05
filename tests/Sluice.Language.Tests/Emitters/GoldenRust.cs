using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Language.Tests.Emitters;

/// <summary>The protocol's golden frames as a test of the worker's own code, which reads the host's and writes the worker's.</summary>
internal sealed class GoldenRust
{
    private readonly List<byte> _frames = [];
    private readonly List<byte> _answers = [];
    private readonly StringBuilder _code = new();
    private readonly byte[] _secretGet;

    public GoldenRust([CallerFilePath] string here = "")
    {
        var path = Path.Combine(here, "../../../../spec/vectors/frames/frames.json");
        var frames = JsonNode.Parse(File.ReadAllText(Path.GetFullPath(path)))!["frames"]!.AsArray();
        _secretGet = Bytes(frames.Single(f => (int)f!["kind"]! == 68)!["hex"]!);
        foreach (var frame in frames)
            Add(
                (int)frame!["kind"]!,
                (uint)frame["call"]!,
                frame["meaning"]!,
                Bytes(frame["hex"]!)
            );
    }

    /// <summary>What the host sends.</summary>
    public byte[] Frames => [.. _frames];

    /// <summary>What the worker is to answer.</summary>
    public byte[] Answers => [.. _answers];

    public string Program =>
        $$"""
            #[cfg(test)]
            mod tests {
                use super::*;
                use service::axiom_context::*;
                use service::failure::Frames;
                use std::collections::HashMap;
                use std::time::{Duration, SystemTime};

                #[test]
                fn golden() {
                    let channel = Channel::open();
            {{_code}}    }
            }
            """;

    private void Add(int kind, uint call, JsonNode meaning, byte[] bytes)
    {
        (kind < 64 ? _frames : _answers).AddRange(kind == 68 ? [] : bytes);
        string Text(string name) => Quote((string)meaning[name]!);
        switch (kind)
        {
            case 1:
                Line("let frame = channel.receive();");
                Line($"assert_eq!((frame.kind, frame.call), (1, {call}));");
                Line("let call = Call::read(&channel, frame.call, &frame.payload);");
                Line(
                    $"assert_eq!((call.node.as_str(), call.execution_id(), call.flow_id(), call.tenant_id()), ({Text("node")}, {Text("execution_id")}, {Text("flow_id")}, {Text("tenant_id")}));"
                );
                Line(
                    $"assert_eq!(call.input, {Array(Convert.FromHexString((string)meaning["input"]!))});"
                );
                Line(
                    meaning["stream"] is null
                        ? $"assert!(!call.streams && call.deadline().unwrap() <= SystemTime::now() + Duration::from_millis({meaning["timeout_ms"]}));"
                        : "assert!(call.streams && call.deadline().is_none());"
                );
                foreach (var (name, value) in meaning["params"]!.AsObject())
                    Line(
                        $"assert_eq!(call.params().get({Quote(name)}), ({Quote((string)value!)}.to_string(), true));"
                    );
                Line("assert_eq!(call.params().get(\"OTHER\"), (String::new(), false));");
                break;
            case 2:
                _answers.AddRange(_secretGet);
                var secret = Encoding.UTF8.GetString(
                    Convert.FromHexString((string)meaning["value"]!)
                );
                Line(
                    $"assert_eq!(Call::read(&channel, {call}, &[]).secrets().get(\"GREETER_SIGNATURE\"), ({Quote(secret)}.to_string(), {((bool)meaning["found"]! ? "true" : "false")}));"
                );
                break;
            case 3:
                Line($"assert!(Call::read(&channel, {call}, &[]).is_cancelled());");
                break;
            case 4:
                Line("assert_eq!(channel.receive().kind, Kind::SHUTDOWN);");
                break;
            case 16:
                Line(
                    $"assert_eq!(Call::read(&channel, {call}, &[120, 1]).take(), Some(vec!{Array(Convert.FromHexString((string)meaning["frame"]!))}));"
                );
                break;
            case 17:
                Line($"assert_eq!(Call::read(&channel, {call}, &[120, 1]).take(), None);");
                break;
            case 18:
                Line("let frame = channel.receive();");
                Line(
                    $"assert_eq!((frame.kind, frame.call, frame.payload), (18, {call}, {meaning["bytes"]}u32.to_le_bytes().to_vec()));"
                );
                break;
            case 80:
                Line(
                    $"Call::read(&channel, {call}, &[120, 1]).emit(vec!{Array(Convert.FromHexString((string)meaning["frame"]!))}).unwrap();"
                );
                break;
            case 81:
                Line("let mut taken = stream::Stream::new();");
                Line($"taken.add(vec![0; {meaning["bytes"]}]);");
                Line("taken.next();");
                Line($"channel.send(Kind::INPUT_CREDIT, {call}, &taken.owed(true).unwrap());");
                break;
            case 65:
                var nodes = meaning["nodes"]!.AsArray().Select(n => Quote((string)n!));
                Line(
                    $"channel.send(Kind::HELLO, {call}, &hello({Text("language")}, &[{string.Join(", ", nodes)}], {Text("fingerprint")}));"
                );
                break;
            case 66:
                Line(
                    $"channel.send(Kind::RESULT, {call}, &{Array(Convert.FromHexString((string)meaning["output"]!))});"
                );
                break;
            case 67:
                Line(
                    $"channel.send(Kind::ERROR, {call}, &error({Text("kind")}, {Text("message")}, {Text("stack")}));"
                );
                break;
            case 68:
                break; // Sent for each of the values.
            case 69:
                var fields = meaning["fields"]!
                    .AsObject()
                    .Select(f => $"({Quote(f.Key)}, {Quote((string)f.Value!)}.to_string())");
                Line(
                    $"Call::read(&channel, {call}, &[]).log().{(string)meaning["level"]!}({Text("text")}, &HashMap::from([{string.Join(", ", fields)}]));"
                );
                break;
            default:
                Assert.Fail($"There is a frame of kind {kind}.");
                break;
        }
    }

    private void Line(string line) => _code.Append("        ").Append(line).Append('\n');

    private static byte[] Bytes(JsonNode hex) => Convert.FromHexString((string)hex!);

    private static string Array(byte[] bytes) =>
        $"[{string.Join(", ", bytes.Select(b => $"{b}u8"))}]";

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";
}
