using System.Collections.Concurrent;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Runner.Tests.Languages;

/// <summary>One suite, every language: the same package, written in each, built by the runner, behaves the same.</summary>
public sealed class ConformanceTests
{
    private static readonly string[] s_nodes =
    [
        "Echo",
        "Read",
        "Fail",
        "Hang",
        "Leave",
        "Eat",
        "Talk",
        "Tell",
        "Fork",
        "Dial",
        "Peek",
    ];

    private const string Python = """
        import os, socket, subprocess
        from gen.messages_pb2 import Text

        def echo(ax, input): return Text(text=input.text)
        def read(ax, input):
            value, found = ax.secrets.get(input.text)
            return Text(text=f"{value}/{found}")
        def fail(ax, input): raise ValueError("no " + input.text)
        def hang(ax, input):
            while True: pass
        def leave(ax, input): os._exit(3)
        def eat(ax, input):
            kept = []
            while True: kept.append(bytearray(1 << 24))
        def talk(ax, input):
            ax.log.warn("long", length="81")
            print("printed")
            return Text()
        def tell(ax, input): return Text(text="/".join([ax.execution_id, ax.flow_id, ax.tenant_id, ax.params.get("TONE")[0], str(ax.params.get("NONE")[1])]))
        def fork(ax, input):
            subprocess.run(["/bin/true"])
            return Text(text="done")
        def dial(ax, input):
            socket.socket()
            return Text(text="done")
        def peek(ax, input): return Text(text=open("/etc/passwd").read())
        """;

    private const string CSharp = """
        using System.Diagnostics;
        using System.Net.Sockets;
        using Axiom;
        using Gen;
        namespace Nodes;

        public static class EchoNode { public static Text Echo(IAxiomContext ax, Text input) => new() { Text_ = input.Text_ }; }
        public static class ReadNode
        {
            public static Text Read(IAxiomContext ax, Text input)
            {
                var (value, found) = ax.Secrets().Get(input.Text_);
                return new() { Text_ = $"{value}/{found}" };
            }
        }
        public static class FailNode { public static Text Fail(IAxiomContext ax, Text input) => throw new ArgumentException("no " + input.Text_); }
        public static class HangNode { public static Text Hang(IAxiomContext ax, Text input) { while (true) { } } }
        public static class LeaveNode { public static Text Leave(IAxiomContext ax, Text input) { Environment.Exit(3); return input; } }
        public static class EatNode
        {
            public static Text Eat(IAxiomContext ax, Text input)
            {
                var kept = new List<byte[]>();
                while (true) { kept.Add(new byte[1 << 24]); kept[^1].AsSpan().Fill(1); }
            }
        }
        public static class TalkNode
        {
            public static Text Talk(IAxiomContext ax, Text input)
            {
                ax.Log().Warn("long", new Dictionary<string, string> { ["length"] = "81" });
                Console.WriteLine("printed");
                return new();
            }
        }
        public static class TellNode
        {
            public static Text Tell(IAxiomContext ax, Text input) =>
                new() { Text_ = string.Join('/', ax.ExecutionId(), ax.FlowId(), ax.TenantId(), ax.Params().Get("TONE").Value, ax.Params().Get("NONE").Found) };
        }
        public static class ForkNode
        {
            public static Text Fork(IAxiomContext ax, Text input) { Process.Start("/bin/true")!.WaitForExit(); return new() { Text_ = "done" }; }
        }
        public static class DialNode
        {
            public static Text Dial(IAxiomContext ax, Text input) { using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); return new() { Text_ = "done" }; }
        }
        public static class PeekNode { public static Text Peek(IAxiomContext ax, Text input) => new() { Text_ = File.ReadAllText("/etc/passwd") }; }
        """;

    private const string TypeScript = """
        import { execFileSync } from "node:child_process";
        import { readFileSync } from "node:fs";
        import { createServer } from "node:net";
        import type { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";

        const text = (value: string) => new Text().setText(value);
        export function echo(ax: AxiomContext, input: Text): Text { return text(input.getText()); }
        export function read(ax: AxiomContext, input: Text): Text {
            const [value, found] = ax.secrets.get(input.getText());
            return text(`${value}/${found ? "True" : "False"}`);
        }
        export async function fail(ax: AxiomContext, input: Text): Promise<Text> { throw new Error("no " + input.getText()); }
        export function hang(ax: AxiomContext, input: Text): Text { for (;;); }
        export function leave(ax: AxiomContext, input: Text): Text { process.exit(3); }
        export function eat(ax: AxiomContext, input: Text): Text {
            const kept: unknown[] = [];
            for (;;) kept.push(input.getText() === "small" ? Array.from({ length: 1 << 16 }, (_, i) => ({ i })) : new Uint8Array(1 << 24).fill(1));
        }
        export function talk(ax: AxiomContext, input: Text): Text {
            ax.log.warn("long", { length: 81 });
            console.log("printed");
            return new Text();
        }
        export function tell(ax: AxiomContext, input: Text): Text {
            return text([ax.executionId, ax.flowId, ax.tenantId, ax.params.get("TONE")[0], ax.params.get("NONE")[1] ? "True" : "False"].join("/"));
        }
        export function fork(ax: AxiomContext, input: Text): Text { execFileSync("/bin/true"); return text("done"); }
        export function dial(ax: AxiomContext, input: Text): Promise<Text> {
            return new Promise((done, fail) => createServer().on("error", fail).listen(0, () => done(text("done"))));
        }
        export function peek(ax: AxiomContext, input: Text): Text { return text(readFileSync("/etc/passwd", "utf8")); }
        """;

    private const string Go = """
        package nodes

        import (
        	"context"
        	"errors"
        	"fmt"
        	"net"
        	"os"
        	"os/exec"
        	"strings"

        	"acme/all/axiom"
        	"acme/all/gen"
        )

        func Echo(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return &gen.Text{Text: input.Text}, nil }
        func Read(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	value, found := ax.Secrets().Get(input.Text)
        	return &gen.Text{Text: fmt.Sprintf("%s/%v", value, found)}, nil
        }
        func Fail(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { panic(errors.New("no " + input.Text)) }
        func Hang(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { for { } }
        func Leave(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { os.Exit(3); return nil, nil }
        func Eat(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	for kept := [][]byte{}; ; {
        		kept = append(kept, make([]byte, 1<<24))
        		for i := range kept[len(kept)-1] {
        			kept[len(kept)-1][i] = 1
        		}
        	}
        }
        func Talk(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	ax.Log().Warn("long", "length", 81)
        	fmt.Println("printed")
        	return &gen.Text{}, nil
        }
        func Tell(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	tone, _ := axiom.ParamsOf(ax).Get("TONE")
        	_, none := axiom.ParamsOf(ax).Get("NONE")
        	return &gen.Text{Text: strings.Join([]string{ax.ExecutionID(), ax.FlowID(), ax.TenantID(), tone, fmt.Sprint(none)}, "/")}, nil
        }
        func Fork(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return input, exec.Command("/bin/true").Run() }
        func Dial(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	_, err := net.Listen("tcp", "127.0.0.1:0")
        	return input, err
        }
        func Peek(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	text, err := os.ReadFile("/etc/passwd")
        	return &gen.Text{Text: string(text)}, err
        }
        """;

    private const string Rust = """
        use crate::{axiom_context::AxiomContext, messages::Text};
        use std::{collections::HashMap, error::Error, fs, net::TcpListener, process};

        type Answer = Result<Text, Box<dyn Error>>;

        fn text(text: impl ToString) -> Answer { Ok(Text { text: text.to_string(), ..Default::default() }) }
        fn title(truth: bool) -> &'static str { if truth { "True" } else { "False" } }
        pub fn echo(_ax: &dyn AxiomContext, input: Text) -> Answer { text(input.text) }
        pub fn read(ax: &dyn AxiomContext, input: Text) -> Answer {
            let (value, found) = ax.secrets().get(&input.text);
            text(format!("{}/{}", value, title(found)))
        }
        pub fn fail(_ax: &dyn AxiomContext, input: Text) -> Answer { panic!("no {}", input.text) }
        pub fn hang(_ax: &dyn AxiomContext, _input: Text) -> Answer { loop { std::hint::spin_loop() } }
        pub fn leave(_ax: &dyn AxiomContext, _input: Text) -> Answer { process::exit(3) }
        pub fn eat(_ax: &dyn AxiomContext, input: Text) -> Answer {
            let size = if input.text == "small" { 1 << 10 } else { 1 << 24 };
            let mut kept = Vec::new();
            loop { kept.push(vec![1u8; size]); }
        }
        pub fn talk(ax: &dyn AxiomContext, _input: Text) -> Answer {
            ax.log().warn("long", &HashMap::from([("length", 81.to_string())]));
            println!("printed");
            text("")
        }
        pub fn tell(ax: &dyn AxiomContext, _input: Text) -> Answer {
            let none = ax.params().get("NONE").1;
            text([ax.execution_id(), ax.flow_id(), ax.tenant_id(), &ax.params().get("TONE").0, title(none)].join("/"))
        }
        pub fn fork(_ax: &dyn AxiomContext, _input: Text) -> Answer { text(process::Command::new("/bin/true").status()?) }
        pub fn dial(_ax: &dyn AxiomContext, _input: Text) -> Answer { text(TcpListener::bind("127.0.0.1:0")?.local_addr()?) }
        pub fn peek(_ax: &dyn AxiomContext, _input: Text) -> Answer { text(fs::read_to_string("/etc/passwd")?) }

        #[cfg(test)]
        #[path = "echo_test.rs"]
        mod tests;
        """;

    private const string PythonTest = """
        import unittest
        from gen.messages_pb2 import Text
        from nodes.echo import echo

        class EchoTest(unittest.TestCase):
            def test_echo(self):
                self.assertEqual("a", echo(None, Text(text="a")).text)
        """;

    private const string CSharpTest = """
        using Axiom.Testing;
        using Gen;
        namespace Nodes;

        public sealed class EchoTest
        {
            public void Echoes() => Assert.Equal("a", EchoNode.Echo(new TestContext(), new Text { Text_ = "a" }).Text_);
        }
        """;

    private const string TypeScriptTest = """
        import assert from "node:assert/strict";
        import { test } from "node:test";
        import { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";
        import { echo } from "./echo";

        test("echo", () => assert.equal(echo(new AxiomContext(), new Text().setText("a")).getText(), "a"));
        """;

    private const string GoTest = """
        package nodes_test

        import (
        	"context"
        	"testing"

        	"acme/all/axiom/axiomtest"
        	"acme/all/gen"
        	"acme/all/nodes"
        )

        func TestEcho(t *testing.T) {
        	reply, err := nodes.Echo(context.Background(), &axiomtest.Context{}, &gen.Text{Text: "a"})
        	if err != nil || reply.Text != "a" {
        		t.Fatal(reply, err)
        	}
        }
        """;

    private const string RustTest = """
        struct Context;
        impl crate::axiom_context::AxiomContext for Context {}

        #[test]
        fn echoes() {
            let input = crate::messages::Text { text: "a".to_string(), ..Default::default() };
            assert_eq!(super::echo(&Context, input.clone()).unwrap(), input);
        }
        """;

    [Theory]
    [InlineData("python", "bubblewrap")]
    [InlineData("csharp", "bubblewrap")]
    [InlineData("go", "bubblewrap")]
    [InlineData("java", "bubblewrap")]
    [InlineData("typescript", "bubblewrap")]
    [InlineData("rust", "bubblewrap")]
    [InlineData("python", "process")]
    [InlineData("csharp", "process")]
    [InlineData("go", "process")]
    [InlineData("java", "process")]
    [InlineData("typescript", "process")]
    [InlineData("rust", "process")]
    public async Task A_package_behaves_the_same_in_every_language_and_tier(
        string language,
        string tier
    )
    {
        await using var house = await House.Open(options => options with { Isolation = tier });
        var package = await Build(house, language);

        Assert.Equal("Größe ♥", House.Text(await house.Call(package, "Echo", "Größe ♥")));
        Assert.Equal("", House.Text(await house.Call(package, "Echo")));
        Assert.Equal(
            1 << 20,
            House.Text(await house.Call(package, "Echo", new string('x', 1 << 20))).Length
        );

        var secrets = House.Secret("SIGNATURE", "Lovelace ♥");
        Assert.Equal(
            "Lovelace ♥/True",
            Title(await house.Call(package, "Read", "SIGNATURE", secrets: secrets))
        );
        Assert.Equal("/False", Title(await house.Call(package, "Read", "OTHER", secrets: secrets)));

        var tell = House.A_call(
            package,
            "Tell",
            parameters: new Dictionary<string, string> { ["TONE"] = "kind" }
        );
        Assert.Equal("run-1/flow-1/acme/kind/False", Title(await house.Call(tell)));

        var talk = await house.Call(package, "Talk");
        Assert.Equal(
            [("info", "printed"), ("warn", "long")],
            talk.Logs.Select(line => (line.Level, line.Text)).Order()
        );

        var failed = await house.Call(package, "Fail", "greeting");
        Assert.Equal(NodeOutcomeKind.NodeError, failed.Kind);
        Assert.Matches("(Error|Exception|panic): no greeting$", failed.Message!);
        // Java's stacks name classes and not paths.
        Assert.Contains(language == "java" ? "nodes.Fail.fail(" : "nodes/all.", failed.Stack!);

        foreach (var forbidden in (string[])["Fork", "Dial", "Peek"])
            Assert.Equal(NodeOutcomeKind.NodeError, (await house.Call(package, forbidden)).Kind);

        var hung = await house.Call(package, "Hang", timeout: TimeSpan.FromMilliseconds(300));
        Assert.Equal(
            (NodeOutcomeKind.Timeout, "Hang was still running after 0.3 s and was stopped."),
            (hung.Kind, hung.Message)
        );
        var left = await house.Call(package, "Leave");
        Assert.Equal(
            (NodeOutcomeKind.Crashed, "Leave did not finish: its process ended with exit code 3."),
            (left.Kind, left.Message)
        );
        // Many small things fill another part of some languages' memory than few large ones.
        foreach (var size in (string[])["large", "small"])
        {
            var ate = await house.Call(package, "Eat", size);
            Assert.Equal(
                (NodeOutcomeKind.OutOfMemory, "Eat ran out of memory."),
                (ate.Kind, ate.Message)
            );
        }
        Assert.Equal("still here", House.Text(await house.Call(package, "Echo", "still here")));
    }

    /// <summary>An answer whose last word is a truth value: each language writes those in its own way.</summary>
    private static string Title(NodeOutcome outcome) =>
        House
            .Text(outcome)
            .Replace("/true", "/True", StringComparison.Ordinal)
            .Replace("/false", "/False", StringComparison.Ordinal);

    private static async Task<WorkerSpec> Build(House house, string language)
    {
        ConcurrentQueue<string> log = new();
        Dictionary<string, string> files = [];
        if (language == "go")
        {
            files["go.mod"] = "module acme/all\n\ngo 1.19\n";
            files["nodes/all.go"] = Go;
            files["nodes/echo_test.go"] = GoTest;
        }
        else if (language == "java")
        {
            foreach (var node in s_nodes)
                files[$"nodes/{node}.java"] = ConformanceInJava.Handler(node);
            files["nodes/EchoTest.java"] = ConformanceInJava.Test;
        }
        else if (language == "csharp")
        {
            files["nodes/all.cs"] = CSharp;
            files["nodes/echo_test.cs"] = CSharpTest;
        }
        else if (language == "typescript")
        {
            files["tsconfig.json"] = """{"compilerOptions":{"strict":true}}""";
            files["nodes/all.ts"] = TypeScript;
            foreach (var node in s_nodes.Select(node => node.ToLowerInvariant()))
                files[$"nodes/{node}.ts"] = $"export {{ {node} }} from \"./all\";\n";
            files["nodes/echo_test.ts"] = TypeScriptTest;
        }
        else if (language == "rust")
        {
            files["Cargo.toml"] =
                "[package]\nname = \"service\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
            files["src/lib.rs"] =
                "#[path = \"../gen/mod.rs\"]\nmod generated;\npub use generated::*;\n#[path = \"../nodes/all.rs\"]\nmod all;\n";
            files["nodes/all.rs"] = Rust;
            foreach (var node in s_nodes.Select(node => node.ToLowerInvariant()))
                files[$"nodes/{node}.rs"] = $"pub use crate::all::{node};\n";
            files["nodes/echo_test.rs"] = RustTest;
        }
        else
        {
            files["nodes/all.py"] = Python;
            foreach (var node in s_nodes.Select(node => node.ToLowerInvariant()))
                files[$"nodes/{node}.py"] = $"from nodes.all import {node}\n";
            files["nodes/echo_test.py"] = PythonTest;
        }
        var outcome = await house.Runner.Build(
            new BuildRequest
            {
                TenantId = "acme",
                Files = files.ToDictionary(
                    file => file.Key,
                    file => Encoding.UTF8.GetBytes(file.Value)
                ),
                Manifest = new Manifest
                {
                    Name = "acme/all",
                    Version = "1.0.0",
                    Language = language,
                    Nodes =
                    [
                        .. s_nodes.Select(node => new ManifestNode
                        {
                            Name = node,
                            Input = "Text",
                            Output = "Text",
                        }),
                    ],
                },
                Schema = SchemaCompiler
                    .Compile(
                        new Dictionary<string, string>
                        {
                            ["messages/messages.proto"] =
                                "syntax = \"proto3\"; package acme.all; message Text { string text = 1; }",
                        }
                    )
                    .Value!,
                Log = log.Enqueue,
            },
            TestContext.Current.CancellationToken
        );
        Assert.True(outcome.Ok, outcome.Failure + string.Join('\n', log));
        Assert.Contains(
            log,
            line =>
                line.Contains("echo", StringComparison.OrdinalIgnoreCase)
                && (
                    line.Contains("ok", StringComparison.Ordinal)
                    || line.Contains("PASS", StringComparison.Ordinal)
                    || line.Contains('✔')
                )
        );
        return new WorkerSpec
        {
            Digest = outcome.Digest,
            Language = language,
            OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(outcome.Archive)),
        };
    }
}
