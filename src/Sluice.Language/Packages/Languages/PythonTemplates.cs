using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What new Python files start from.</summary>
internal static class PythonTemplates
{
    // A package of its own for unittest and pytest alike, whose tests then find `gen` and `nodes` from the top folder.
    public static IReadOnlyList<GeneratedFile> InitFiles() =>
        [
            new(
                "requirements.txt",
                "# Nothing is installed from here yet: a package runs with the standard library and its own files.\n"
            ),
            new("nodes/__init__.py", ""),
        ];

    public static string Handler(Python language, ManifestNode node, Schema schema)
    {
        var input = schema.Find(node.Input)!;
        var output = schema.Find(node.Output)!;
        var stream = node.Type == NodeType.Pipeline;
        var docs =
            node.Description.Length > 0
                ? Docs(node.Description)
                : $"Takes {ClassOf(input)} and gives {ClassOf(output)}.";
        var body = stream
            ? $"    for input in inputs:\n        yield {ClassOf(output)}()\n"
            : $"    return {ClassOf(output)}()\n";
        var signature = language
            .Signature(node, input, output)
            .Replace($": {input.Name})", $": {ClassOf(input)})")
            .Replace($"-> {output.Name}", $"-> {ClassOf(output)}")
            .Replace($"Iterator[{input.Name}]", $"Iterator[{ClassOf(input)}]")
            .Replace($"Iterator[{output.Name}]", $"Iterator[{ClassOf(output)}]");
        return (stream ? "from typing import Iterator\n\n" : "")
            + "from gen.axiom_context import AxiomContext\n"
            + Import(input, output)
            + $"\n\n{signature}:\n    \"\"\"{docs}\"\"\"\n"
            + body;
    }

    public static string Test(ManifestNode node, Schema schema)
    {
        var input = schema.Find(node.Input)!;
        var output = schema.Find(node.Output)!;
        var function = NameRules.Snake(node.Name);
        string[] call =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"replies = list({function}(_TestContext(), iter([{ClassOf(input)}()])))",
                    $"self.assertTrue(all(isinstance(reply, {ClassOf(output)}) for reply in replies))",
                ]
                :
                [
                    $"reply = {function}(_TestContext(), {ClassOf(input)}())",
                    $"self.assertIsInstance(reply, {ClassOf(output)})",
                ];
        return $$""""
            import unittest

            from gen.axiom_context import AxiomContext
            {{Import(input, output).TrimEnd()}}
            from nodes.{{function}} import {{function}}


            class _TestValues:
                def __init__(self, values):
                    self._values = values

                def get(self, name):
                    return (self._values[name], True) if name in self._values else ("", False)


            class _TestLog:
                """Keeps what the node logs, as (level, message, attributes)."""

                def __init__(self):
                    self.lines = []

                def debug(self, msg, **attrs):
                    self.lines.append(("debug", msg, attrs))

                def info(self, msg, **attrs):
                    self.lines.append(("info", msg, attrs))

                def warn(self, msg, **attrs):
                    self.lines.append(("warn", msg, attrs))

                def error(self, msg, **attrs):
                    self.lines.append(("error", msg, attrs))


            class _TestContext(AxiomContext):
                """The context of a test: secrets and parameters come from dictionaries."""

                def __init__(self, secrets_map=None, params_map=None):
                    self.secrets = _TestValues(secrets_map or {})
                    self.params = _TestValues(params_map or {})
                    self.log = _TestLog()
                    self.execution_id = "test-execution"
                    self.flow_id = "test-flow"
                    self.tenant_id = "test-tenant"


            class {{node.Name}}Test(unittest.TestCase):
                def test_gives_{{NameRules.Snake(output.Name)}}(self):
                    {{call[0]}}
                    {{call[1]}}


            if __name__ == "__main__":
                unittest.main()

            """";
    }

    /// <summary>Nested messages are classes inside of classes.</summary>
    private static string ClassOf(MessageType message) =>
        message.Parent is null ? message.Name : $"{ClassOf(message.Parent)}.{message.Name}";

    private static string Import(params ReadOnlySpan<MessageType> messages)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
            names.Add(ClassOf(message).Split('.')[0]);
        return $"from gen.messages_pb2 import {string.Join(", ", names)}\n";
    }

    private static string Docs(string description)
    {
        var line = description.ReplaceLineEndings(" ").Trim();
        return line.Replace("\\", "\\\\").Replace("\"", "\\\"");
    }
}
