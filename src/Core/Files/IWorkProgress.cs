namespace StereoSpike.Files;

/// <summary>Where long work says how far it has come. The command line draws it; a library caller may leave it out.</summary>
public interface IWorkProgress
{
    /// <summary>Reports the units done so far.</summary>
    /// <param name="done">Units finished, 0 to <paramref name="total"/>.</param>
    /// <param name="total">Units in all; 0 where unknown.</param>
    /// <param name="note">A short state to show beside the bar, such as the loss; or null.</param>
    void Report(long done, long total, string? note = null);
}
