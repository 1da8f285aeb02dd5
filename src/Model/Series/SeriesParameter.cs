namespace StereoSpike.Model;

/// <summary>A learned array of a series network.</summary>
/// <param name="Name">Its name in the weights file.</param>
/// <param name="Shape">Sides, last one fastest.</param>
/// <param name="Values">The values, changed in place by learning.</param>
/// <param name="Minimum">Values are kept at least here.</param>
/// <param name="Maximum">Values are kept at most here.</param>
/// <param name="Learned">Whether learning may change it.</param>
public sealed record SeriesParameter(string Name, IReadOnlyList<int> Shape, float[] Values, float Minimum, float Maximum, bool Learned);
