namespace StereoSpike.Readout;

/// <summary>How far a prediction is off: none black, much bright, grey where the truth or the prediction is unknown.</summary>
public static class ErrorPicture
{
    /// <summary>Draws |ẑ − z|, in metres, or as a share of z where the scale is in %; one pixel each.</summary>
    /// <param name="predictionMetres">ẑ, shape [H,W], metres.</param>
    /// <param name="truth">z, shape [H,W], metres, NaN where unknown.</param>
    /// <param name="scale">Made by <see cref="ColourScale.ErrorMetres"/> or <see cref="ColourScale.ErrorPercent"/>.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the scale is in neither unit.</exception>
    public static Picture Draw(ReadOnlySpan<float> predictionMetres, DepthMap truth, ColourScale scale)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(scale);
        Guard.Length(predictionMetres.Length, truth.Sensor.Pixels, nameof(predictionMetres));
        bool percent = scale.Unit switch
        {
            "%" => true,
            "m" => false,
            _ => throw new ArgumentException($"A depth error cannot be drawn in {scale.Unit}; use m or %.", nameof(scale)),
        };
        var picture = new Picture(truth.Sensor.Width, truth.Sensor.Height);
        for (int i = 0; i < predictionMetres.Length; i++)
        {
            double z = truth.Metres[i], error = Math.Abs(predictionMetres[i] - z);
            picture[i % picture.Width, i / picture.Width] = scale.At(percent ? 100.0 * error / z : error);
        }

        return picture;
    }
}
