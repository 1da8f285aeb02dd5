namespace StereoSpike.Readout;

/// <summary>Which pixels of known truth a depth metric looks at, and how much each of them counts.</summary>
public enum PixelWeighting
{
    /// <summary>Every pixel of known truth, all alike: the literature's choice for dense truth.</summary>
    Even,

    /// <summary>Only pixels that saw at least one event, all alike.</summary>
    WhereEvents,

    /// <summary>Only pixels that saw at least one event, each as often as it saw one: a mean over events.</summary>
    ByEvents,
}
