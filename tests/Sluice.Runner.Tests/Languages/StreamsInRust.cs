namespace Sluice.Runner.Tests.Languages;

/// <summary>The pipeline nodes of the conformance package in Rust.</summary>
internal static class StreamsInRust
{
    private const string Handlers = """
        use crate::{axiom_context::AxiomContext, messages::Text};
        use std::{collections::HashMap, error::Error, process};

        type Inputs<'a> = &'a mut dyn Iterator<Item = Text>;
        type Emit<'a> = &'a mut dyn FnMut(Text) -> Result<(), Box<dyn Error>>;
        type Ended = Result<(), Box<dyn Error>>;

        fn text(text: impl ToString) -> Text { Text { text: text.to_string(), ..Default::default() } }
        fn three(emit: Emit<'_>) -> Ended {
            for i in 0..3 { emit(text(i))?; }
            Ok(())
        }
        pub fn mirror(_ax: &dyn AxiomContext, inputs: Inputs<'_>, emit: Emit<'_>) -> Ended {
            for input in inputs { emit(input)?; }
            Ok(())
        }
        pub fn first(_ax: &dyn AxiomContext, inputs: Inputs<'_>, emit: Emit<'_>) -> Ended {
            inputs.next().map_or(Ok(()), emit)
        }
        pub fn snap(_ax: &dyn AxiomContext, _inputs: Inputs<'_>, emit: Emit<'_>) -> Ended {
            three(emit)?;
            Err("no more".into())
        }
        pub fn quit(_ax: &dyn AxiomContext, _inputs: Inputs<'_>, emit: Emit<'_>) -> Ended {
            three(emit)?;
            process::exit(3)
        }
        pub fn drain(_ax: &dyn AxiomContext, inputs: Inputs<'_>, _emit: Emit<'_>) -> Ended {
            for _ in inputs {}
            Ok(())
        }
        pub fn endless(_ax: &dyn AxiomContext, _inputs: Inputs<'_>, emit: Emit<'_>) -> Ended {
            for i in 0.. { emit(text(i))?; }
            Ok(())
        }
        pub fn sign(ax: &dyn AxiomContext, inputs: Inputs<'_>, emit: Emit<'_>) -> Ended {
            for input in inputs {
                ax.log().info(&format!("signing {}", input.text), &HashMap::new());
                emit(text(format!("{} {}", input.text, ax.secrets().get("SIGNATURE").0)))?;
            }
            Ok(())
        }
        pub fn stall(_ax: &dyn AxiomContext, inputs: Inputs<'_>, _emit: Emit<'_>) -> Ended {
            inputs.next();
            loop { std::hint::spin_loop() }
        }
        """;

    public static IEnumerable<(string Path, string Text)> Files()
    {
        yield return ("nodes/streams.rs", Handlers);
        foreach (var node in StreamConformance.Nodes.Select(node => node.ToLowerInvariant()))
            yield return ($"nodes/{node}.rs", $"pub use crate::streams::{node};\n");
    }
}
