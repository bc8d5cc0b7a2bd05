namespace Sluice.Runner.Tests.Languages;

/// <summary>The conformance suite's nodes in Python.</summary>
internal static class ConformanceInPython
{
    private const string Nodes = """
        import os, socket, subprocess
        from gen.messages_pb2 import Text

        def echo(ax, input): return Text(text=input.text)
        def same(ax, input): return input
        def read(ax, input):
            value, found = ax.secrets.get(input.text)
            return Text(text=f"{value}/{found}")
        def fail(ax, input): raise ValueError("no " + input.text)
        def hang(ax, input):
            ax.progress(0, "begun")
            while True: pass
        def leave(ax, input): os._exit(3)
        def eat(ax, input):
            kept = []
            while True: kept.append(bytearray(1 << 24))
        def talk(ax, input):
            ax.log.warn(input.text, length="81")
            print("printed")
            return Text()
        def tell(ax, input): return Text(text="/".join([ax.execution_id, ax.flow_id, ax.tenant_id, ax.params.get("TONE")[0], str(ax.params.get("NONE")[1])]))
        def fork(ax, input):
            subprocess.run(["/bin/true"])
            return Text(text="done")
        def dial(ax, input):
            socket.socket()
            return Text(text="done")
        def ask(ax, input):
            with socket.create_connection(("127.0.0.1", 3128)) as way:
                way.sendall(f"CONNECT {input.text} HTTP/1.1\r\n\r\n".encode())
                way.shutdown(socket.SHUT_WR)
                said = b""
                while piece := way.recv(4096): said += piece
            return Text(text=said.decode())
        def peek(ax, input): return Text(text=open("/etc/passwd").read())
        """;

    private const string Test = """
        import unittest
        from gen.messages_pb2 import Text
        from nodes.echo import echo

        class EchoTest(unittest.TestCase):
            def test_echo(self):
                self.assertEqual("a", echo(None, Text(text="a")).text)
        """;

    public static Dictionary<string, string> Files(IEnumerable<string> nodes)
    {
        Dictionary<string, string> files = new()
        {
            ["nodes/all.py"] = Nodes,
            ["nodes/echo_test.py"] = Test,
        };
        foreach (var node in nodes.Select(node => node.ToLowerInvariant()))
            files[$"nodes/{node}.py"] = $"from nodes.all import {node}\n";
        return files;
    }
}
