namespace StereoSpike.Files;

/// <summary>The error of a file that cannot be used as it is: which file, where in it, what was found, what to do.</summary>
public static class BadFile
{
    /// <summary>Makes the exception, for the caller to throw.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">Dataset, record, byte or line; empty for the file as a whole.</param>
    /// <param name="found">What was found there and what is allowed, as a clause: "holds 3 columns where 4 are needed".</param>
    /// <param name="remedy">What to try next, as a sentence.</param>
    /// <param name="cause">The exception that told, if any.</param>
    public static InvalidDataException Error(string path, string place, string found, string remedy, Exception? cause = null) =>
        new($"{path}{(place.Length > 0 ? $": {place}" : "")}: {found.TrimEnd('.')}. {remedy}", cause);
}
