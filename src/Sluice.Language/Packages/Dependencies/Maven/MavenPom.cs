using System.Xml;
using System.Xml.Linq;

namespace Sluice.Language.Packages.Dependencies.Maven;

/// <summary>A Maven artifact: what it is and which version of it.</summary>
public sealed record MavenArtifact(
    string Group,
    string Name,
    string Version,
    string Classifier = ""
)
{
    /// <summary>Which version is another question.</summary>
    public string Key =>
        Classifier.Length == 0 ? $"{Group}:{Name}" : $"{Group}:{Name}:{Classifier}";

    /// <summary>Where its file lies in a repository.</summary>
    /// <param name="extension"><c>jar</c> or <c>pom</c>.</param>
    public string Path(string extension) =>
        $"{Group.Replace('.', '/')}/{Name}/{Version}/{Name}-{Version}{(Classifier.Length == 0 || extension == "pom" ? "" : "-" + Classifier)}.{extension}";

    public override string ToString() => $"{Key}:{Version}";
}

/// <summary>One <c>dependency</c> of a POM, as written: with names in <c>${…}</c>.</summary>
internal sealed record MavenNeed(
    string Group,
    string Name,
    string Version,
    string Scope,
    string Type,
    string Classifier,
    bool Optional,
    IReadOnlyList<string> Exclusions
)
{
    /// <summary>What management is looked up by.</summary>
    public string Key => $"{Group}:{Name}:{Type}:{Classifier}";
}

/// <summary>A POM as written: of the project's description what decides about dependencies.</summary>
internal sealed record MavenPom(
    MavenArtifact? Parent,
    string Group,
    string Name,
    string Version,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyList<MavenNeed> Managed,
    IReadOnlyList<MavenNeed> Needs
)
{
    /// <summary>Null for what is no POM. Nothing outside of the text is ever read.</summary>
    public static MavenPom? Read(byte[] content)
    {
        try
        {
            using var text = new MemoryStream(content);
            using var reader = XmlReader.Create(
                text,
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    MaxCharactersInDocument = 16 << 20,
                }
            );
            return XDocument.Load(reader).Root is { Name.LocalName: "project" } root
                ? Of(root)
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static MavenPom Of(XElement root)
    {
        var parent = Child(root, "parent") is { } up
            ? new MavenArtifact(Text(up, "groupId"), Text(up, "artifactId"), Text(up, "version"))
            : null;
        return new MavenPom(
            parent,
            Text(root, "groupId", parent?.Group ?? ""),
            Text(root, "artifactId"),
            Text(root, "version", parent?.Version ?? ""),
            (Child(root, "properties")?.Elements() ?? [])
                .DistinctBy(each => each.Name.LocalName)
                .ToDictionary(each => each.Name.LocalName, each => each.Value.Trim()),
            Needed(Child(root, "dependencyManagement")),
            Needed(root)
        );
    }

    private static List<MavenNeed> Needed(XElement? below) =>
        [
            .. (below is null ? null : Child(below, "dependencies"))
                ?.Elements()
                .Where(each => each.Name.LocalName == "dependency")
                .Select(each => new MavenNeed(
                    Text(each, "groupId"),
                    Text(each, "artifactId"),
                    Text(each, "version"),
                    Text(each, "scope"),
                    Text(each, "type", "jar"),
                    Text(each, "classifier"),
                    Text(each, "optional") == "true",
                    [
                        .. (Child(each, "exclusions")?.Elements() ?? []).Select(out_ =>
                            $"{Text(out_, "groupId")}:{Text(out_, "artifactId")}"
                        ),
                    ]
                ))
                ?? [],
        ];

    private static XElement? Child(XElement element, string name) =>
        element.Elements().FirstOrDefault(each => each.Name.LocalName == name);

    private static string Text(XElement element, string name, string otherwise = "") =>
        Child(element, name)?.Value.Trim() is { Length: > 0 } text ? text : otherwise;
}
