using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>Short ways to compile what a test writes.</summary>
internal static class Compile
{
    public const string Path = "messages/messages.proto";

    /// <summary>Compiles a file's body: syntax and package are put before it on one line, so line 1 is the body's first.</summary>
    public static Reading<Schema> Body(string body) =>
        Text("syntax = \"proto3\"; package demo.greeter; " + body);

    public static Reading<Schema> Text(string text) => Files((Path, text));

    public static Reading<Schema> Files(params (string Path, string Text)[] files) =>
        SchemaCompiler.Compile(files.ToDictionary(f => f.Path, f => f.Text));

    /// <summary>The schema of a body that must be right.</summary>
    public static Schema Good(string body)
    {
        var reading = Body(body);
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }
}
