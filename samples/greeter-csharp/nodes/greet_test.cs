using System.Collections.Generic;
using Axiom.Testing;
using Gen;

namespace Nodes;

/// <summary>Each public method is a test; it fails by throwing.</summary>
public sealed class GreetTest
{
    public void Signs_with_the_secret() =>
        Expect(
            new TestContext(new Dictionary<string, string> { ["GREETER_SIGNATURE"] = "test-sig" }),
            "Hello Ada, from test-sig",
            found: "yes"
        );

    public void Signs_as_anonymous_without_the_secret() =>
        Expect(new TestContext(), "Hello Ada, from anonymous", found: "no");

    private static void Expect(TestContext ax, string greeting, string found)
    {
        Assert.Equal(greeting, GreetNode.Greet(ax, new GreetRequest { Name = "Ada" }).Greeting);
        Assert.Equal(found, ax.Lines[0].Attributes!["found"]);
    }
}
