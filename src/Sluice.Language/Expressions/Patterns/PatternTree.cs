namespace Sluice.Language.Expressions.Patterns;

/// <summary>A part of a pattern as it was written.</summary>
internal abstract record PatternTree;

internal sealed record SetTree(CharacterSet Set) : PatternTree;

internal sealed record PlaceTree(Place Place) : PatternTree;

internal sealed record SequenceTree(IReadOnlyList<PatternTree> Parts) : PatternTree;

internal sealed record ChoiceTree(IReadOnlyList<PatternTree> Parts) : PatternTree;

/// <param name="Most">-1: without end.</param>
internal sealed record RepeatTree(PatternTree Part, int Least, int Most) : PatternTree;

/// <summary>What has to be true between two characters.</summary>
internal enum Place
{
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordEdge,
    NoWordEdge,
}
