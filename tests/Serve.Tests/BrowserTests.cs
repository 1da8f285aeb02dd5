namespace StereoSpike.Serve.Tests;

/// <summary>The page in a real browser.</summary>
public class BrowserTests
{
    [ChromiumFact]
    public async Task The_page_shows_live_depth_obeys_keys_and_reads_in_light_and_dark()
    {
        await using Served served = await Served.StartAsync(seconds: 20, speed: 0.25);   // long enough for a browser on a busy machine
        await using Chromium browser = await Chromium.StartAsync();

        await browser.OpenAsync(served.Server.Address, 1280, 1150, dark: false);
        await browser.UntilAsync("document.querySelectorAll('#counters div').length > 10 && !document.querySelector('.truth').hidden");

        // Both pictures show something: more than a few colours.
        foreach (string canvas in new[] { "events", "depth", "truth" })
        {
            Assert.True((int)(await browser.EvaluateAsync($"new Set(new Uint32Array(document.getElementById('{canvas}').getContext('2d').getImageData(0,0,64,48).data.buffer)).size"))! > 1, canvas);
        }

        // The read-out tells the depth under the pointer: the ramp is 1 m + 1 mm a pixel, so at x = 32, y = 24 it is 1 + 1.568 m, and f·b = 10 px·m makes that 3.9 px.
        string box = "document.getElementById('depth').getBoundingClientRect()";
        await browser.PointAsync((double)(await browser.EvaluateAsync($"{box}.left + {box}.width * 32.5 / 64"))!, (double)(await browser.EvaluateAsync($"{box}.top + {box}.height * 24.5 / 48"))!);
        await browser.UntilAsync("document.getElementById('readout').textContent.startsWith('x 32, y 24: 2.57 m, disparity 3.9 px')");

        // Space pauses, the full stop steps one window, the slider seeks.
        await browser.PressAsync(" ", "Space");
        await Served.UntilAsync(() => served.Replay.Paused);
        long position = served.Replay.PositionUs;
        await browser.PressAsync(".", "Period");
        await Served.UntilAsync(() => served.Replay.PositionUs >= position + 50_000);
        await browser.EvaluateAsync("(() => { const bar = document.getElementById('position'); bar.value = 10000000; bar.dispatchEvent(new Event('input')); bar.dispatchEvent(new Event('change')); })()");
        await Served.UntilAsync(() => served.Replay.PositionUs == 10_000_000);
        await browser.PressAsync(" ", "Space");
        await Served.UntilAsync(() => !served.Replay.Paused);

        // Windows can be made longer.
        await browser.EvaluateAsync("(() => { const ms = document.getElementById('windowms'); ms.value = 100; ms.dispatchEvent(new Event('change')); })()");
        await Served.UntilAsync(() => served.Session.Windows == (100_000, 100_000));

        // Arrow keys on a focused picture move the read-out.
        await browser.EvaluateAsync("document.getElementById('depth').focus()");
        await browser.PressAsync("ArrowRight", "ArrowRight");
        await browser.UntilAsync("document.getElementById('readout').textContent.startsWith('x 33, y 24: ')");

        byte[] light = await browser.ScreenshotAsync("live-light");
        await browser.ThemeAsync(dark: true);
        byte[] dark = await browser.ScreenshotAsync("live-dark");

        Assert.NotEqual(light, dark);
        Assert.True(await ContrastAsync(browser) >= 4.5, "text on panels must be readable in the dark");
        await browser.ThemeAsync(dark: false);
        Assert.True(await ContrastAsync(browser) >= 4.5, "text on panels must be readable in the light");
        Assert.All(browser.Requests.Where(address => !address.StartsWith("data:", StringComparison.Ordinal)), address => Assert.Equal(served.Server.Address.Authority, new Uri(address).Authority));
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task A_narrow_window_does_not_scroll_sideways_and_a_lost_server_is_told()
    {
        Served served = await Served.StartAsync(seconds: 20);
        await using Chromium browser = await Chromium.StartAsync();
        await browser.OpenAsync(served.Server.Address, 390, 844, dark: true);
        await browser.UntilAsync("document.querySelectorAll('#counters div').length > 10");

        Assert.True((bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth"))!);
        await browser.ScreenshotAsync("live-narrow");

        await served.DisposeAsync();
        await browser.UntilAsync("document.getElementById('status').textContent.startsWith('connection lost')");
    }

    /// <summary>The least contrast of the page's inks on its panels, as WCAG 2.2 counts it: (L₁ + 0.05) / (L₂ + 0.05) of relative luminances.</summary>
    private static async Task<double> ContrastAsync(Chromium browser) => (double)(await browser.EvaluateAsync(
        """
        (() => {
          const style = getComputedStyle(document.documentElement);
          const light = name => { const n = parseInt(style.getPropertyValue(name).trim().slice(1), 16); return [n >> 16, (n >> 8) & 255, n & 255].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0); };
          const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
          return Math.min(...['--ink', '--soft', '--accent', '--good', '--bad'].flatMap(ink => [ratio(ink, '--panel'), ratio(ink, '--page')]));
        })()
        """))!;
}
