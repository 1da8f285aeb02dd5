namespace StereoSpike.Readout;

/// <summary>The weighted sums that every mean of <see cref="DepthReport"/> is made from.</summary>
internal struct DepthErrorSums
{
    private const double DeltaBase = 1.25;
    private const double OneSeventhPx = 1.0 / 7.0;

    public long Pixels;
    public double Weight;
    public double Absolute;
    public double Square;
    public double Relative;
    public double RelativeSquare;
    public double Disparity;
    public double OnePixel;
    public double OneSeventhPixel;
    public double Log;
    public double LogSquare;
    public double Delta1;
    public double Delta2;
    public double Delta3;
    public double BelowLeast;
    public double Unanswered;

    /// <summary>Adds one valid pixel.</summary>
    /// <param name="predicted">ẑ, metres, finite.</param>
    /// <param name="truth">z, metres, greater than 0.</param>
    /// <param name="weight">Greater than 0.</param>
    /// <param name="focalBaseline">f·b, px·m.</param>
    /// <param name="least">The least ẑ that disparity, ratio and logarithm use, metres.</param>
    public void Add(double predicted, double truth, double weight, double focalBaseline, double least)
    {
        double error = Math.Abs(predicted - truth), relative = error / truth;
        Pixels++;
        Weight += weight;
        Absolute += weight * error;
        Square += weight * error * error;
        Relative += weight * relative;
        RelativeSquare += weight * relative * relative;

        double bounded = Math.Max(predicted, least);
        BelowLeast += predicted < least ? weight : 0.0;
        double disparityError = Math.Abs((focalBaseline / bounded) - (focalBaseline / truth));
        Disparity += weight * disparityError;
        OnePixel += disparityError <= 1.0 ? weight : 0.0;
        OneSeventhPixel += disparityError <= OneSeventhPx ? weight : 0.0;

        double log = Math.Log(bounded / truth), ratio = Math.Max(bounded / truth, truth / bounded);
        Log += weight * log;
        LogSquare += weight * log * log;
        Delta1 += ratio <= DeltaBase ? weight : 0.0;
        Delta2 += ratio <= DeltaBase * DeltaBase ? weight : 0.0;
        Delta3 += ratio <= DeltaBase * DeltaBase * DeltaBase ? weight : 0.0;
    }

    /// <summary>Adds the sums of other pixels.</summary>
    public void Add(in DepthErrorSums other)
    {
        Pixels += other.Pixels;
        Weight += other.Weight;
        Absolute += other.Absolute;
        Square += other.Square;
        Relative += other.Relative;
        RelativeSquare += other.RelativeSquare;
        Disparity += other.Disparity;
        OnePixel += other.OnePixel;
        OneSeventhPixel += other.OneSeventhPixel;
        Log += other.Log;
        LogSquare += other.LogSquare;
        Delta1 += other.Delta1;
        Delta2 += other.Delta2;
        Delta3 += other.Delta3;
        BelowLeast += other.BelowLeast;
        Unanswered += other.Unanswered;
    }
}
