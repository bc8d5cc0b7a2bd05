using Sluice.Language.Emitters.Rust;
using Sluice.Language.Protos;

namespace Sluice.Language.Packages.Languages;

/// <summary>What new Rust files start from.</summary>
internal static class RustTemplates
{
    /// <summary>The name of every package's crate; nothing is ever published under it.</summary>
    public const string Crate = "service";

    public const string TakeIn = "#[path = \"../gen/mod.rs\"] mod generated;";

    public const string Cargo = $"""
        [package]
        name = "{Crate}"
        version = "0.1.0"
        edition = "2021"
        rust-version = "1.63"
        publish = false

        """;

    public static string Root(Manifest manifest) =>
        $$"""
            //! The package `{{manifest.Name}}`. Modules of your own go here, and nodes use them as `crate::name`.

            #[path = "../gen/mod.rs"]
            mod generated;
            pub use generated::*;

            """;

    public static string Handler(ManifestNode node, Schema schema)
    {
        var (input, output) = (schema.Find(node.Input)!, schema.Find(node.Output)!);
        var (taken, given) = (TypeOf(input), TypeOf(output));
        var docs =
            node.Description.Length > 0
                ? node.Description.ReplaceLineEndings(" ").Trim()
                : $"Takes {taken} and gives {given}.";
        var name = NameRules.Snake(node.Name);
        string[] body =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"pub fn {name}(",
                    "    _ax: &dyn AxiomContext,",
                    $"    inputs: &mut dyn Iterator<Item = {taken}>,",
                    $"    emit: &mut dyn FnMut({given}) -> Result<(), Box<dyn Error>>,",
                    ") -> Result<(), Box<dyn Error>> {",
                    "    for _input in inputs {",
                    $"        emit({given}::default())?;",
                    "    }",
                    "    Ok(())",
                    "}",
                ]
                :
                [
                    $"pub fn {name}(_ax: &dyn AxiomContext, _input: {taken}) -> Result<{given}, Box<dyn Error>> {{",
                    $"    Ok({given}::default())",
                    "}",
                ];
        return $"""
            use std::error::Error;

            use crate::axiom_context::AxiomContext;
            use crate::messages::{Import(input, output)};

            /// {docs}
            {string.Join('\n', body)}

            #[cfg(test)]
            #[path = "{name}_test.rs"]
            mod tests;

            """;
    }

    public static string Test(ManifestNode node, Schema schema)
    {
        var (input, output) = (schema.Find(node.Input)!, schema.Find(node.Output)!);
        var name = NameRules.Snake(node.Name);
        string[] test =
            node.Type == NodeType.Pipeline
                ?
                [
                    $"    let mut inputs = vec![{TypeOf(input)}::default()].into_iter();",
                    "    let mut replies = Vec::new();",
                    $"    let mut emit = |reply: {TypeOf(output)}| {{",
                    "        replies.push(reply);",
                    "        Ok(())",
                    "    };",
                    $"    {name}(&TestContext::default(), &mut inputs, &mut emit).unwrap();",
                    "    assert_eq!(replies.len(), 1);",
                ]
                :
                [
                    $"    let reply = {name}(&TestContext::default(), {TypeOf(input)}::default());",
                    $"    let _reply: {TypeOf(output)} = reply.unwrap();",
                ];
        return $$"""
            use std::collections::HashMap;

            use super::{{name}};
            use crate::axiom_context::{
                AxiomAgent, AxiomContext, AxiomParams, AxiomSecrets, Memory, TestMemory,
            };
            use crate::messages::{{Import(input, output)}};

            /// The context of a test: memory lasts as long as it, secrets and parameters come from maps, as in
            /// `TestContext { secrets_map: Values::from([("NAME", "value")]), ..Default::default() }`.
            #[derive(Default)]
            struct TestContext {
                secrets_map: Values,
                params_map: Values,
                memory: TestMemory,
            }

            impl AxiomContext for TestContext {
                fn agent(&self) -> &dyn AxiomAgent {
                    self
                }

                fn secrets(&self) -> &dyn AxiomSecrets {
                    &self.secrets_map
                }

                fn params(&self) -> &dyn AxiomParams {
                    &self.params_map
                }
            }

            impl AxiomAgent for TestContext {
                fn memory(&self) -> Memory<'_> {
                    Memory::new(&self.memory)
                }
            }

            #[derive(Default)]
            struct Values(HashMap<&'static str, &'static str>);

            impl<const N: usize> From<[(&'static str, &'static str); N]> for Values {
                fn from(values: [(&'static str, &'static str); N]) -> Self {
                    Values(HashMap::from(values))
                }
            }

            impl Values {
                fn find(&self, name: &str) -> (String, bool) {
                    let value = self.0.get(name);
                    (value.unwrap_or(&"").to_string(), value.is_some())
                }
            }

            impl AxiomSecrets for Values {
                fn get(&self, name: &str) -> (String, bool) {
                    self.find(name)
                }
            }

            impl AxiomParams for Values {
                fn get(&self, name: &str) -> (String, bool) {
                    self.find(name)
                }
            }

            #[test]
            fn gives_{{RustWords.Snake(output.Name)}}() {
            {{string.Join('\n', test)}}
            }

            """;
    }

    /// <summary>Nested messages are in a module named after the message around them.</summary>
    private static string TypeOf(MessageType message) =>
        Scope(message) + RustWords.Camel(message.Name);

    private static string Scope(MessageType message)
    {
        if (message.Parent is not { } parent)
            return "";
        var module = RustWords.Mark(RustWords.Snake(parent.Name));
        return $"{Scope(parent)}{module}::";
    }

    private static string Import(params ReadOnlySpan<MessageType> messages)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
            names.Add(TypeOf(message).Split(':')[0]);
        return names.Count == 1 ? names.Min! : $"{{{string.Join(", ", names)}}}";
    }
}
