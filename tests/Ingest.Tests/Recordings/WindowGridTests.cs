namespace StereoSpike.Ingest.Tests;

public class WindowGridTests
{
    [Fact]
    public void Each_window_starts_where_the_one_before_it_ends_and_the_last_may_reach_beyond() =>
        Assert.Equal(
            [new TimeWindow(3, 53), new TimeWindow(53, 103), new TimeWindow(103, 153)],
            WindowGrid.Cover(new TimeWindow(3, 104), 50));

    [Fact]
    public void A_span_of_whole_windows_needs_no_further_one() =>
        Assert.Equal([new TimeWindow(0, 50), new TimeWindow(50, 100)], WindowGrid.Cover(new TimeWindow(0, 100), 50));

    [Fact]
    public void An_empty_span_needs_none() => Assert.Empty(WindowGrid.Cover(new TimeWindow(5, 5), 50));

    [Fact]
    public void A_window_without_length_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WindowGrid.Cover(new TimeWindow(0, 100), 0));
}
