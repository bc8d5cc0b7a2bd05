using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Bench;

/// <summary>The package of the cold rows in the languages beside Python: the templates' own, with a node that signs with a secret.</summary>
internal static class ColdPackages
{
    private static readonly Dictionary<string, (string Path, string Text)> s_handlers = new()
    {
        [PackageLanguages.CSharp] = (
            "nodes/sign.cs",
            """
            using Axiom;
            using Gen;
            namespace Nodes;
            public static class SignNode
            {
                public static Note Sign(IAxiomContext ax, Note input)
                {
                    var (signature, found) = ax.Secrets().Get("SIGNATURE");
                    return new Note { Text = $"{input.Text}, from {(found ? signature : "anonymous")}" };
                }
            }
            """
        ),
        [PackageLanguages.Go] = (
            "nodes/sign.go",
            """
            package nodes

            import (
            	"context"

            	"{0}/notes/axiom"
            	"{0}/notes/gen"
            )

            func Sign(ctx context.Context, ax axiom.Context, input *gen.Note) (*gen.Note, error) {
            	signature, ok := ax.Secrets().Get("SIGNATURE")
            	if !ok {
            		signature = "anonymous"
            	}
            	return &gen.Note{Text: input.Text + ", from " + signature}, nil
            }

            """
        ),
        [PackageLanguages.Java] = (
            "nodes/Sign.java",
            """
            package nodes;

            import axiom.AxiomContext;
            import gen.Messages.Note;

            public class Sign {
                public static Note sign(AxiomContext ax, Note input) {
                    String signature = ax.secrets().get("SIGNATURE").orElse("anonymous");
                    return Note.newBuilder().setText(input.getText() + ", from " + signature).build();
                }
            }
            """
        ),
        [PackageLanguages.TypeScript] = (
            "nodes/sign.ts",
            """
            import type { AxiomContext } from "../gen/axiomContext";
            import { Note } from "../gen/messages_pb";

            export async function sign(ax: AxiomContext, input: Note): Promise<Note> {
                const [signature, ok] = ax.secrets.get("SIGNATURE");
                return new Note().setText(`${input.getText()}, from ${ok ? signature : "anonymous"}`);
            }
            """
        ),
        [PackageLanguages.Rust] = (
            "nodes/sign.rs",
            """
            use crate::{axiom_context::AxiomContext, messages::Note};

            pub fn sign(ax: &dyn AxiomContext, input: Note) -> Result<Note, String> {
                let (signature, found) = ax.secrets().get("SIGNATURE");
                let by = if found { &signature } else { "anonymous" };
                Ok(Note { text: format!("{}, from {}", input.text, by), ..Default::default() })
            }

            #[cfg(test)]
            #[path = "sign_test.rs"]
            mod tests;
            """
        ),
    };

    public static IEnumerable<string> Languages => s_handlers.Keys;

    private static readonly (string Path, string Text) s_python = (
        "nodes/sign.py",
        """
        from gen.messages_pb2 import Note

        def sign(ax, input: Note) -> Note:
            signature, ok = ax.secrets.get("SIGNATURE")
            return Note(text=f"{input.text}, from {signature if ok else 'anonymous'}")

        """
    );

    /// <param name="handle">The tenant's.</param>
    /// <param name="language">Python or one of <see cref="Languages"/>.</param>
    /// <param name="plain">With a node <c>Plain</c> as well, as the template makes it.</param>
    public static Dictionary<string, byte[]> Files(
        string handle,
        string language,
        bool plain = false
    )
    {
        var source = new PackageSource(new Dictionary<string, byte[]>())
            .With(PackageTemplates.Init($"{handle}/notes", language).Value!)
            .With([
                new GeneratedFile(
                    "messages/messages.proto",
                    $"syntax = \"proto3\";\npackage {handle}.notes;\nmessage Note {{\n  string text = 1;\n}}\n"
                ),
            ]);
        var node = new NodeTemplate
        {
            Name = "Sign",
            Input = "Note",
            Output = "Note",
        };
        var (path, text) = s_handlers.GetValueOrDefault(language, s_python);
        if (plain)
            source = source.With(
                PackageTemplates.CreateNode(source, node with { Name = "Plain" }).Value!
            );
        source = source
            .With(PackageTemplates.CreateNode(source, node).Value!)
            .With([new GeneratedFile(path, text.Replace("{0}", handle))]);
        return source.Paths.ToDictionary(p => p, p => Encoding.UTF8.GetBytes(source.Text(p)!));
    }
}
