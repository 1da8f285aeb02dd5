namespace StereoSpike.Training;

/// <summary>How a split of MVSEC takes its validation labels from the tested sequence.</summary>
public enum ValidationRule
{
    /// <summary>200 labels drawn at random, as published. They neighbour test labels a twentieth of a second away, so they choose weights that suit the test.</summary>
    Tulyakov,

    /// <summary>The first 200 labels; then a second (20 labels) of neither; the rest is the test.</summary>
    Blocked,
}
