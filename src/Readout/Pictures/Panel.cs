namespace StereoSpike.Readout;

/// <summary>One picture on a page, with what a reader needs beside it.</summary>
/// <param name="Title">A line above it.</param>
/// <param name="Picture">The picture.</param>
public sealed record Panel(string Title, Picture Picture)
{
    /// <summary>A line below it; empty for none.</summary>
    public string Caption { get; init; } = "";

    /// <summary>The ruler to its right; null for none.</summary>
    public ColourScale? Scale { get; init; }
}
