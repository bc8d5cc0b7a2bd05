using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Server.Tests.Packages;

/// <summary>A package with a dependency from the registry of this machine, from the push to the answer.</summary>
public sealed class DependencyTests(Houses houses)
{
    private static readonly Dictionary<string, string> s_files = new()
    {
        ["sluice.yaml"] =
            "name: {0}/numbers\nversion: 0.1.0\nlanguage: typescript\nnodes:\n  - name: Judge\n    input: Note\n    output: Note\n",
        ["messages/messages.proto"] =
            "syntax = \"proto3\";\npackage {0}.numbers;\nmessage Note { string text = 1; }\n",
        ["package.json"] =
            """{"dependencies": {"is-odd": "3.0.1"}, "devDependencies": {"@types/is-odd": "3.0.4"}}""",
        ["tsconfig.json"] =
            """{"compilerOptions": {"target": "ES2022", "module": "node16", "moduleResolution": "node16", "esModuleInterop": true, "strict": true, "noEmit": true}}""",
        ["nodes/judge.ts"] = """
            import isOdd from "is-odd";
            import type { AxiomContext } from "../gen/axiomContext";
            import { Note } from "../gen/messages_pb";
            export function judge(ax: AxiomContext, input: Note): Note {
                return new Note().setText(isOdd(input.getText()) ? "odd" : "even");
            }
            """,
        ["nodes/judge_test.ts"] = """
            import assert from "node:assert/strict";
            import { test } from "node:test";
            import { AxiomContext } from "../gen/axiomContext";
            import { Note } from "../gen/messages_pb";
            import { judge } from "./judge";
            class TestContext extends AxiomContext {}
            test("7 is odd", () => assert.equal(judge(new TestContext(), new Note().setText("7")).getText(), "odd"));
            """,
    };

    [Fact]
    public async Task A_pushed_package_brings_its_dependencies_and_the_version_keeps_them()
    {
        var house = await houses.Postgres;
        var tenant = await house.NewTenant();

        var pushed = await Workshop.Push(tenant, Archive(tenant.Handle));
        Assert.True(pushed.GetProperty("success").GetBoolean(), pushed.ToString());

        var graph = await Workshop.Compile(
            tenant,
            "judge",
            $"""
            name: {tenant.Handle}/judge
            version: 0.1.0
            nodes:
              - alias: j
                package: {tenant.Handle}/numbers@0.1.0
                node: Judge
            edges:
              - from: "@flow_input"
                to: j
              - from: j
                to: "@flow_output"
            """
        );
        var answer = await Workshop.Invoke(tenant, graph, """{"text":"7"}""");
        Assert.Equal("odd", answer.GetProperty("output").GetProperty("text").GetString());

        using var shown = await tenant.Get($"/api/v1/packages/{tenant.Handle}/numbers/0.1.0");
        var taken = (await TestHouse.Json(shown))
            .GetProperty("dependencies")
            .EnumerateArray()
            .ToList();
        Assert.Contains(
            taken,
            each => each.GetProperty("name").GetString() == "node_modules/is-number"
        );
        Assert.All(
            taken,
            each => Assert.StartsWith("sha512-", each.GetProperty("hash").GetString())
        );

        var again = await Workshop.Push(tenant, Archive(tenant.Handle));
        Assert.Equal(
            pushed.GetProperty("digest").GetString(),
            again.GetProperty("digest").GetString()
        );
    }

    private static byte[] Archive(string handle) =>
        PackageArchive.Write(
            new PackageSource(
                s_files.ToDictionary(
                    file => file.Key,
                    file =>
                        Encoding.UTF8.GetBytes(
                            file.Value.Replace(
                                "{0}",
                                file.Key == "sluice.yaml" ? handle : handle.Replace('-', '_'),
                                StringComparison.Ordinal
                            )
                        )
                )
            )
        );
}
