using System.Globalization;

namespace StereoSpike.Tests;

/// <summary>How many damaged inputs a fuzz test gets: few in every run, or as many as <c>STEREOSPIKE_FUZZ</c> says. docs/reliability.md tells the counts that were run.</summary>
internal static class FuzzInputs
{
    /// <summary>Inputs a format.</summary>
    /// <param name="usual">As many as every run takes.</param>
    public static int Count(int usual) =>
        Environment.GetEnvironmentVariable("STEREOSPIKE_FUZZ") is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;
}
