using Sluice.Language.Protos;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class PythonEmitterTests
{
    [Fact]
    public void The_classes_of_the_greeter_read_and_write_as_node_code_expects()
    {
        var schema = Compile.Good(
            "message GreetRequest { string name = 1; } message GreetReply { string greeting = 1; }"
        );
        using var package = new PythonPackage(schema);
        package.Run(
            """
            from gen.messages_pb2 import GreetRequest, GreetReply
            from gen.axiom_context import AxiomContext
            from gen._nodes import NODES
            request = GreetRequest.FromString(b"\x0a\x03Ada")
            assert request.name == "Ada"
            reply = GreetReply(greeting=f"Hello {request.name}")
            assert reply.SerializeToString() == b"\x0a\x09Hello Ada"
            assert reply == GreetReply(greeting="Hello Ada") and reply != GreetReply()
            assert repr(reply) == "GreetReply(greeting='Hello Ada')", reply
            assert AxiomContext().secrets.get("X") == ("", False)
            assert NODES == {"GreetTwice": ("nodes.greet_twice", "greet_twice", "GreetRequest", "GreetRequest", "unary")}
            try: GreetReply(greeting=5).SerializeToString()
            except TypeError as e: assert str(e) == "GreetReply.greeting: expected str, got int", e
            else: assert False
            """
        );
    }
}
