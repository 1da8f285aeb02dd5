namespace StereoSpike.Training;

/// <summary>Which labels of which recordings are learned from, chosen by and tested on.</summary>
/// <param name="Definition">The split in words, to print beside every figure made with it.</param>
/// <param name="Parts">A line a recording.</param>
public sealed record DataSplit(string Definition, IReadOnlyList<DataSplit.Part> Parts)
{
    /// <summary>What of a recording goes where; labels named nowhere are not used.</summary>
    /// <param name="Recording">The recording's name.</param>
    /// <param name="Training">To learn from.</param>
    /// <param name="Validation">To choose the best weights by.</param>
    /// <param name="Test">To report.</param>
    public sealed record Part(string Recording, LabelSet Training, LabelSet Validation, LabelSet Test);
}
