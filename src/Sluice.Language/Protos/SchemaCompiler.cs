using Sluice.Language.Protos.Source;

namespace Sluice.Language.Protos;

/// <summary>Compiles proto3 files into a <see cref="Schema"/>. The subset is described in this project's README.</summary>
public static class SchemaCompiler
{
    /// <summary>All files together hold at most this many characters.</summary>
    public const int MaxCharacters = 1 << 20;

    /// <summary>Parses and checks all files together.</summary>
    /// <param name="protoFiles">Text by path; imports are resolved among these paths and <c>google/protobuf/*</c>.</param>
    /// <returns>A schema, or every mistake (at most a hundred) with file, line and column.</returns>
    public static Reading<Schema> Compile(IReadOnlyDictionary<string, string> protoFiles)
    {
        var mistakes = new ProtoMistakes();
        if (protoFiles.Sum(f => (long)f.Value.Length) > MaxCharacters)
        {
            mistakes.Add(
                "proto_too_large",
                $"The proto files hold more than {MaxCharacters} characters.",
                ""
            );
            return new(null, mistakes.ToList());
        }

        FileSyntax[] files =
        [
            .. protoFiles
                .OrderBy(f => f.Key, StringComparer.Ordinal)
                .Select(f => ProtoParser.Parse(f.Key, f.Value, mistakes)),
        ];
        var (messages, enums) = new SchemaLinker(mistakes).Link(files);
        return mistakes.Any
            ? new(null, mistakes.ToList())
            : new(new Schema(new Dictionary<string, string>(protoFiles), messages, enums), []);
    }
}
