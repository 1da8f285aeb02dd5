namespace StereoSpike.Serve.Tests;

/// <summary>A test in a real browser: it runs where a Chromium is on the path (or STEREOSPIKE_CHROMIUM names one), and is skipped with that reason elsewhere.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Chromium.Program is null)
        {
            Skip = "needs chromium on the path (Debian: apt install chromium)";
        }
    }
}
