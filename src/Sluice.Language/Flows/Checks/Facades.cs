using System.Text;
using Sluice.Language.Documents;
using Sluice.Language.Packages;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// The flow's own messages, compiled from proto files that are made of the facades. Edges match their fields by name;
/// the numbers are those of the order in the document and mean nothing outside of one graph.
/// </summary>
internal sealed class Facades
{
    private readonly FlowDocument flow;
    private readonly FlowMistakes mistakes;
    private readonly Schema[] schemas;

    /// <param name="placed">Whose messages a field's kind may name.</param>
    public Facades(FlowDocument flow, IEnumerable<Placed> placed, FlowMistakes mistakes)
    {
        this.flow = flow;
        this.mistakes = mistakes;
        schemas = [.. placed.Select(p => p.Package?.Schema).OfType<Schema>().Distinct()];
        if (flow.InputFacade is { } input)
            (InputProto, Input) = Compile(input, FlowDocument.FlowInput);
        if (flow.OutputFacade is { } output)
            (OutputProto, Output) = Compile(output, FlowDocument.FlowOutput);
        CheckExample();
    }

    public string? InputProto { get; }

    public MessageType? Input { get; }

    public string? OutputProto { get; }

    public MessageType? Output { get; }

    private (string?, MessageType?) Compile(FlowFacade facade, string where)
    {
        if (facade.MessageName.Length == 0 || flow.Name.Length == 0)
            return (null, null);
        var proto = new FacadeProto(schemas);
        var body = new StringBuilder();
        var fine = true;
        for (var i = 0; i < facade.Fields.Count; i++)
        {
            var field = facade.Fields[i];
            if (field.Repeated && field.Optional)
                Refuse(field, $"`{field.Name}` cannot be both `repeated` and `optional`.");
            if (proto.Kind(field.Kind) is not { } kind)
                Refuse(
                    field,
                    $"`{Shown.Text(field.Kind)}` is no type that a facade knows: a scalar such as string or int64, "
                        + "a type of google.protobuf such as google.protobuf.Timestamp, or the full name of a message or enum of a package in the flow."
                );
            else
                FacadeProto.Field(
                    body,
                    field.Description,
                    field.Repeated ? "repeated "
                        : field.Optional ? "optional "
                        : "",
                    kind,
                    field.Name,
                    i + 1
                );
        }
        if (!fine)
            return (null, null);
        var text = proto.File(
            "flow." + NameRules.ProtoPackage(flow.Name),
            facade.MessageName,
            facade.Description,
            body.ToString()
        );
        var schema = SchemaCompiler.Compile(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["facade.proto"] = text }
        );
        // What a proto file refuses beyond this reader's rules, such as two names that are one in JSON.
        foreach (var mistake in schema.Mistakes.Where(m => !m.Warning))
            mistakes.AddAt(
                "flow_facade_field",
                $"The message `{facade.MessageName}` cannot be made of these fields: {mistake.Message}",
                facade.At,
                where
            );
        return (text, schema.Value?.Find(facade.MessageName));

        void Refuse(FacadeField field, string message)
        {
            fine = false;
            if (field.Kind.Length > 0)
                mistakes.AddAt("flow_facade_field", message, field.At, where);
        }
    }

    private void CheckExample()
    {
        if (flow.InputFacade is not { ExampleInput: { } example } facade || Input is null)
            return;
        foreach (var mistake in ProtoJson.Parse(Input, Encoding.UTF8.GetBytes(example)).Mistakes)
            mistakes.AddAt(
                "flow_example",
                $"`example_input` is no `{Input.Name}`: {(mistake.Where is { Length: > 0 } path ? $"`{path}`: " : "")}{mistake.Message}",
                facade.Spots.Of("example_input", facade.At),
                FlowDocument.FlowInput
            );
    }
}
